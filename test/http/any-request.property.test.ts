import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROUTES, type RouteName } from '../../functions/routes.ts';
import { type Credentials, NOBODY, openWorld, type Project, type World } from '../support/http.ts';
import { type AnyRequest, anyRequest, named } from './any-request.ts';

/** Any request at all gets a declared answer, and one that is refused has changed nothing. */

const RUNS = process.env.CI === undefined ? 60 : 150;
const REQUESTS_PER_RUN = 10;

let world: World;
let acme: Project;
/** Who may call, and who only tries to. */
let callers: Readonly<Record<string, Credentials>>;
/** Ids of chats that are there, so that some requests meet one. */
let chatIds: Readonly<Record<string, string>>;

beforeAll(async () => {
  // Without the periodic search and the minute: nothing but the requests may change what the API shows.
  const asleep = { search: async () => ({ batchItemFailures: [] }), minute: async () => {} };
  world = await openWorld(real => ({ ...real, ...asleep }));
  acme = await world.project({ id: 'acme' });
  await furnish();
  const { chat, token } = await acme.visit();
  chatIds = { visited: chat.id, first: (await acme.start()).id, second: (await acme.start()).id };
  callers = {
    owner: acme.as.owner,
    operator: acme.as.operator,
    ada: await acme.as.agent('ada'),
    ben: await acme.as.agent('ben'),
    bot: acme.as.bot,
    widget: acme.as.widget,
    visitor: acme.visitor(token),
    stranger: await world.inGroup('agent:elsewhere:ada'),
    forger: acme.visitor(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`),
    nobody: NOBODY,
  };
});
afterAll(() => world.close());

/** Puts back what requests before may have removed. The settings first: they may forbid the rest. */
async function furnish() {
  await acme.settings({});
  await acme.channel('web', 1);
  await acme.group('line-1', 1);
  await acme.hire('ada', { groups: ['line-1'], maxLoad: 3 });
  await acme.hire('ben', { status: 'busy' });
}

const request = anyRequest({
  callers: {
    widget: ['widget'],
    visitor: ['visitor'],
    agent: ['ada', 'ben'],
    bot: ['bot'],
    operator: ['operator'],
    owner: ['owner'],
  },
  others: ['stranger', 'forger', 'nobody'],
  chats: ['visited', 'first', 'second'],
});

async function send({ route, as, ids, query, headers, text }: AnyRequest) {
  const withIds = (given: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, named(value, chatIds)]));
  return world.call(route, {
    as: callers[as] ?? NOBODY,
    params: withIds(ids),
    query: withIds(query),
    ...(text !== null && { text: named(text, chatIds) }),
    headers,
  });
}

const STATE: readonly RouteName[] = [
  'listAgentCards',
  'listGroups',
  'listChannels',
  'readSettings',
  'listChats',
  'listProjects',
  'readSystemSettings',
];

/** All that the API shows of the state of things. The table keeps no order of a visitor's attributes. */
async function digest(): Promise<unknown> {
  const about = (route: RouteName) => {
    const as = ROUTES[route].who.length === 1 ? acme.as.owner : acme.as.operator;
    return acme.must(route, { as, ...(route.startsWith('list') && { query: { limit: '100' } }) });
  };
  const own = await Promise.all(STATE.map(about));
  return own.map(({ body: shown, headers }) => [shown, headers.etag]);
}

test('any request gets a declared answer, never a failure of ours, and a refused one changes nothing', async () => {
  const met = new Map<number, number>();
  const property = fc.asyncProperty(
    fc.array(request, { minLength: REQUESTS_PER_RUN, maxLength: REQUESTS_PER_RUN }),
    async requests => {
      await furnish();
      let before = await digest();
      for (const asked of requests) {
        // `call` throws on an answer that is not declared or not well formed.
        const { status, text: shown } = await send(asked);
        met.set(status, (met.get(status) ?? 0) + 1);
        if (status >= 500) throw new Error(`${asked.route} failed: ${shown}`);
        if (ROUTES[asked.route].method === 'GET') continue;
        const after = await digest();
        // That nobody of a group was there is a decision about the chat, and on record.
        const isOnRecord = shown.includes('"no-agent-available"');
        if (status >= 400 && !isOnRecord) expect([asked, after]).toEqual([asked, before]);
        before = after;
      }
    },
  );
  // What a request meets depends on those before it: a shorter list would be another story.
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  // The requests are not all of one kind: some are carried out, and each common refusal is met.
  const rare = [200, 201, 204, 400, 401, 403, 404, 412, 415].filter(status => !met.has(status));
  expect(rare).toEqual([]);
}, 120_000);
