import { httpLambda } from '../../functions/edge/lambda.ts';
import { HTTP_FUNCTIONS, type HttpFunction } from '../../functions/routes.ts';
import type { Row, Table } from '../../functions/store/client.ts';
import type { HttpInvoke } from '../../local/functions.ts';
import { openGateway, type Serve } from '../../local/gateway/gateway.ts';
import type { chanceOf } from '../support/chance.ts';
import type { Engine } from '../support/engine.ts';
import { HANDLERS, openWorld } from '../support/world.ts';
import type { Callers } from './callers.ts';
import { type Chat, furnish } from './furnish.ts';

export type Write = { readonly name: string; readonly rows: readonly Row[] };
export type FuzzWorld = Awaited<ReturnType<typeof openFuzzWorld>>;

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

  async function refresh() {
    for (const [name, chat] of await furnish(world, chance)) chats.set(name, chat);
    world.door.calls.length = 0;
    writes.length = 0;
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
    /** Every write that was carried out. */
    writes,
    /** Puts back what requests have used up. */
    refresh,
    credentials,
    /** How the gateway hands over the next request. */
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
