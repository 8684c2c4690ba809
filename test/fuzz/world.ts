import type { ChatId, Instant } from '../../domain/brands.ts';
import { POLICY_NAMES, RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import { httpLambda } from '../../functions/edge/lambda.ts';
import { tokenVerifier } from '../../functions/edge/tokens.ts';
import { HTTP_FUNCTIONS, type HttpFunction } from '../../functions/routes.ts';
import type { Row, Table } from '../../functions/store/client.ts';
import type { HttpInvoke } from '../../local/functions.ts';
import { openGateway, type Serve } from '../../local/gateway/gateway.ts';
import { listenOnLoopback } from '../../local/gateway/listen.ts';
import { AUDIENCE, openIssuer } from '../../local/issuer.ts';
import { openDataFolder } from '../../local/storage/data-folder.ts';
import type { Present } from '../http/any-request.ts';
import type { chanceOf } from '../support/chance.ts';
import type { Engine } from '../support/engine.ts';
import { HANDLERS, openWorld, type Reply } from '../support/world.ts';

/** Who sends requests: those who may, and those who only try to. */
export const PRESENT: Present = {
  callers: {
    widget: ['widget'],
    visitor: ['visitor'],
    agent: ['ada', 'ben'],
    bot: ['bot'],
    operator: ['operator'],
    owner: ['owner'],
  },
  others: [
    'nobody',
    'visitor of another chat',
    'visitor with another secret',
    'visitor with half a token',
    'operator elsewhere',
    'agent elsewhere',
    'bot elsewhere',
    'agent who is not there',
    'no group',
    'groups that are none',
    'owner of something',
    'operator of long ago',
    'owner of another issuer',
    'owner signed by another key',
    'owner unsigned',
    'owner cut short',
    'no token at all',
    'a widget with another key',
  ],
  chats: ['waiting', 'offered', 'open', 'held', 'bot', 'closed', 'queued', 'elsewhere', 'ghost'],
};

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ada: ['agent:acme:ada'],
  ben: ['agent:acme:ben'],
  bot: ['bot:acme'],
  operator: ['operator:acme'],
  owner: ['owner'],
  'operator elsewhere': ['operator:elsewhere'],
  'agent elsewhere': ['agent:elsewhere:ada'],
  'bot elsewhere': ['bot:elsewhere'],
  'agent who is not there': ['agent:acme:zoe'],
  'no group': [''],
  'groups that are none': ['operator:acme:ada:x'],
  'owner of something': ['owner:acme'],
};

type Chat = { readonly id: string; readonly token: string };
export type Write = { readonly name: string; readonly rows: readonly Row[] };
export type FuzzWorld = Awaited<ReturnType<typeof openFuzzWorld>>;
export type Callers = Awaited<ReturnType<typeof openCallers>>;

/** The issuer of the tokens, the forger of others, and the place where the keys are read. They outlive many worlds. */
export async function openCallers(now: Instant) {
  const clock = { now: () => now, moveTo: () => {}, keep: () => {} };
  let longAgo = 0;
  const past = { ...clock, now: () => (now - longAgo) as Instant };
  const [issuer, forger] = [
    await openIssuer(openDataFolder('memory'), past),
    await openIssuer(openDataFolder('memory'), clock),
  ];
  const keys = await listenOnLoopback(0, async (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(issuer.jwks));
  });
  const url = `http://127.0.0.1:${keys.port}`;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const headers = new Map<string, Readonly<Record<string, string>>>();
  for (const [name, [group = '']] of Object.entries(GROUPS)) {
    headers.set(name, bearer(await issuer.sign({ sub: name, group }, url)));
  }
  const owner = { sub: 'owner', group: 'owner' };
  const real = await issuer.sign(owner, url);
  headers.set('owner of another issuer', bearer(await issuer.sign(owner, 'https://issuer.example')));
  headers.set('owner signed by another key', bearer(await forger.sign(owner, url)));
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  headers.set('owner unsigned', bearer(`${none}.${real.split('.')[1]}.`));
  headers.set('owner cut short', bearer(real.slice(0, -20)));
  headers.set('no token at all', bearer('a.b.c'));
  headers.set('a widget with another key', { 'x-usher-key': 'pk_elsewhere_or_not' });
  headers.set('widget', { 'x-usher-key': 'pk_acme' });
  longAgo = 500 * 86_400_000;
  headers.set(
    'operator of long ago',
    bearer(await issuer.sign({ sub: 'operator', group: 'operator:acme' }, url)),
  );
  return { headers, verifyToken: tokenVerifier(url, AUDIENCE), close: keys.close };
}

/** Puts other handlers in the place of real ones: to see that what is wrong is found. */
export type Planted = (real: typeof HANDLERS, table: Table) => Partial<typeof HANDLERS>;

/** A table of its own with two projects, the real handlers behind the real gateway, and an eye on every write. */
export async function openFuzzWorld(
  engine: Engine,
  callers: Callers,
  chance: ReturnType<typeof chanceOf>,
  planted: Planted = real => real,
) {
  const writes: Write[] = [];
  const watched = (table: Table): Table => {
    const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      const done = await table.client.send(command as never);
      const name = command.constructor.name.replace('Command', '');
      if (!/^(Get|BatchGet|Query)/.test(name)) writes.push({ name, rows: rowsOf(command.input) });
      return done;
    };
    return { ...table, client: { send } as never };
  };
  const quiet = { ...engine, openTable: () => engine.openTable({ withStream: false }) };
  const world = await openWorld(quiet, watched);
  const context = { ...world.context, verifyToken: callers.verifyToken };
  const handlers = { ...HANDLERS, ...planted(HANDLERS, context.table) };
  const lambda = httpLambda(handlers, context);
  const packing = { as: (event: Parameters<HttpInvoke>[0]) => event };
  const invoke: HttpInvoke = (event, invocation) => lambda(packing.as(event), invocation);
  const functions = Object.fromEntries(HTTP_FUNCTIONS.map(name => [name, invoke])) as Record<
    HttpFunction,
    HttpInvoke
  >;
  const clock = { now: () => world.clock.now, moveTo: () => {}, keep: () => {} };
  const serve: Serve = openGateway(functions, clock, { together: work => work(), alone: work => work() });
  const chats = new Map<string, Chat>();

  /** Puts back what requests have removed, and a chat in each state for them to meet. The settings first: they may forbid the rest. */
  async function refresh() {
    const must = async (reply: Promise<Reply>) => {
      const { status, body } = await reply;
      if (status >= 300)
        throw new Error(`the world could not be refreshed: ${status} ${JSON.stringify(body)}`);
      return body;
    };
    await must(world.switchTo({}));
    await must(world.job('stop'));
    for (const projectId of ['acme', 'elsewhere']) {
      const params = { projectId };
      await must(
        world.call('replaceProject', { as: 'owner', params, body: { name: projectId, allowedOrigins: [] } }),
      );
    }
    for (const [channelId, weight] of [
      ['web', 1],
      ['phone', 2],
      ['rare', 1],
    ] as const)
      await must(world.call('replaceChannel', { params: { channelId }, body: { name: channelId, weight } }));
    await must(
      world.call('replaceChannel', {
        as: 'owner',
        params: { projectId: 'elsewhere', channelId: 'web' },
        body: { name: 'Web' },
      }),
    );
    for (const [groupId, primary] of [
      ['line-1', true],
      ['line-2', false],
    ] as const)
      await must(
        world.call('replaceGroup', {
          params: { groupId },
          body: { name: groupId, queuePosition: 1, primary },
        }),
      );
    for (const [agentId, groups, maxLoad, status] of [
      ['ada', ['line-1'], null, 'online'],
      ['ben', ['line-1', 'line-2'], 3, 'busy'],
      ['cyd', ['line-2'], 0, 'online'],
    ] as const) {
      const body = { name: agentId, groups, maxLoad, channels: ['web', 'phone'] };
      await must(world.call('replaceAgent', { params: { agentId }, body }));
      await must(world.setStatus(agentId, status));
    }
    await chatsInEveryState(must);
    await must(
      world.switchTo({
        newVisitors: { policy: chance.pick(POLICY_NAMES), onNobody: null },
        returningVisitors: chance.pick([
          null,
          { policy: chance.pick(RETURNING_POLICY_NAMES), onNobody: null },
        ]),
      }),
    );
    world.door.calls.length = 0;
    writes.length = 0;
  }

  async function chatsInEveryState(must: (reply: Promise<Reply>) => Promise<Reply['body']>) {
    const start = async (name: string, given: Parameters<typeof world.start>[0] = {}) => {
      const { chat, visitorToken } = await must(world.start({ message: 'Hello', ...given }));
      chats.set(name, { id: chat.id, token: visitorToken });
      return chat.id;
    };
    await start('waiting', { channelId: 'rare' });
    await start('open');
    await must(world.hold(await start('held')));
    await start('bot', { withBot: true });
    await must(world.close(await start('closed')));
    await must(world.job('start'));
    await must(world.transfer(await start('queued'), { groupId: 'line-2' }));
    await must(world.switchTo({ newVisitors: { policy: 'all', onNobody: null } }));
    await start('offered');
    const { chat, visitorToken } = await must(
      world.call('startChat', {
        as: 'owner',
        params: { projectId: 'elsewhere' },
        body: { channelId: 'web' },
      }),
    );
    chats.set('elsewhere', { id: chat.id, token: visitorToken });
    chats.set('ghost', { id: world.context.newId.chat(world.clock.now) as ChatId, token: visitorToken });
  }

  /** The headers of a caller; a visitor is the one of the chat. */
  function credentials(as: string, chat: string): Readonly<Record<string, string>> {
    const of = (name: string) => `Bearer ${chats.get(name)?.token}`;
    const own = of(chats.has(chat) ? chat : 'open');
    if (as === 'visitor') return { authorization: own };
    if (as === 'visitor of another chat')
      return { authorization: of(chat === 'waiting' ? 'open' : 'waiting') };
    if (as === 'visitor with another secret') return { authorization: own.slice(0, -3).concat('AAA') };
    if (as === 'visitor with half a token') return { authorization: own.slice(0, 40) };
    return callers.headers.get(as) ?? {};
  }

  return {
    ...world,
    serve,
    writes,
    refresh,
    credentials,
    /** How the gateway hands over the body of the next request. */
    packing,
    chatIds: () => Object.fromEntries([...chats].map(([name, { id }]) => [name, id])),
    rows: () => engine.allRows(world.table),
  };
}

type Item = {
  readonly Put?: { readonly Item: Row };
  readonly Update?: { readonly Key: Row };
  readonly Delete?: { readonly Key: Row };
};

/** The keys of what a command writes. */
function rowsOf(input: Record<string, unknown>): readonly Row[] {
  const items = (input.TransactItems ?? []) as readonly Item[];
  const batches = Object.values((input.RequestItems ?? {}) as Record<string, readonly Row[]>).flat();
  const single = (input.Item ?? input.Key) as Row | undefined;
  return [
    ...(single === undefined ? [] : [single]),
    ...items.flatMap(({ Put, Update, Delete }) =>
      [Put?.Item, Update?.Key, Delete?.Key].filter(row => row !== undefined),
    ),
    ...batches,
  ];
}
