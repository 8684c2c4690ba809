import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import { ROUTE_NAMES, ROUTES, type RouteName } from '../../functions/routes.ts';
import { type Credentials, NOBODY, openWorld, type Project, type World } from '../support/http.ts';

/** Any request at all gets a declared answer, and one that is refused has changed nothing. */

const RUNS = process.env.CI === undefined ? 60 : 150;
const REQUESTS_PER_RUN = 10;

let world: World;
let acme: Project;
/** Who may call, and who only tries to. */
let callers: Readonly<Record<string, Credentials>>;
/** Ids of chats that are there, so that some requests meet one. */
let chatIds: readonly string[];

beforeAll(async () => {
  // Without the periodic search and the minute: nothing but the requests may change what the API shows.
  const asleep = { search: async () => ({ batchItemFailures: [] }), minute: async () => {} };
  world = await openWorld(real => ({ ...real, ...asleep }));
  acme = await world.project({ id: 'acme' });
  await furnish();
  const { chat, token } = await acme.visit();
  chatIds = [chat.id, (await acme.start()).id, (await acme.start()).id];
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

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 10 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('', ' ', '%', '%2F', '../x', '__proto__', 'constructor', 'a#b', 'null', 'x'.repeat(300)),
);
/** Dots are what a client makes a step up of before it sends them. */
const oddId = text.filter(value => !['', '.', '..'].includes(value));
/** Mostly an id that is there, sometimes one that is not, or none at all. */
function idOf(...present: readonly string[]) {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...present) },
    { weight: 1, arbitrary: fc.constantFrom('nobody', 'acme', 'ada', 'web') },
    { weight: 1, arbitrary: oddId },
  );
}
const IDS = {
  projectId: idOf('acme', 'acme', 'acme'),
  agentId: idOf('ada', 'ben'),
  groupId: idOf('line-1'),
  channelId: idOf('web', 'phone'),
  /** Stand for the chats that are there. */
  chatId: idOf('chat 0', 'chat 1', 'chat 2'),
};
const id = fc.oneof(...Object.values(IDS));
const json = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' });
const number = fc.oneof(fc.integer({ min: -2, max: 10 }), fc.double(), fc.constantFrom(1e9, -0));

const rule = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record(
      {
        policy: fc.constantFrom(...RETURNING_POLICY_NAMES, 'coin-toss'),
        onNobody: fc.constantFrom('wait', 'offer', null, 'drop'),
      },
      { requiredKeys: ['policy'] },
    ),
  },
  { weight: 1, arbitrary: json },
);
const clock = fc.constantFrom('00:00', '09:00', '17:30', '23:59', '24:00', '9:00', '');
const schedule = fc.oneof(
  fc.constant(null),
  fc.record({
    timeZone: fc.constantFrom('Europe/Berlin', 'Antarctica/Troll', 'Mars/Phobos'),
    hours: fc.array(
      fc.record({ days: fc.array(fc.constantFrom('mon', 'sun', 'day')), from: clock, to: clock }),
      { maxLength: 2 },
    ),
  }),
  json,
);

/** What the bodies of the routes are made of, right and wrong. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc.oneof(fc.constant('Name'), text),
  channelId: fc.oneof(fc.constant('web'), id),
  groupId: fc.oneof(fc.constant(null), id),
  chatId: id,
  visitorId: text,
  visitor: fc.oneof(
    fc.record({ name: text }, { requiredKeys: [] }),
    fc.record({ attributes: fc.dictionary(text, text) }),
    json,
  ),
  message: text,
  status: fc.constantFrom('online', 'busy', 'rest', 'offline', 'ready', 'away', 7),
  queuePosition: number,
  primary: fc.oneof(fc.boolean(), json),
  weight: number,
  maxLoad: fc.oneof(number, fc.constant(null)),
  groups: fc.oneof(fc.array(id, { maxLength: 3 }), json),
  channels: fc.oneof(fc.array(id, { maxLength: 3 }), fc.constant(null)),
  active: fc.boolean(),
  timeZone: fc.oneof(fc.constant('Europe/Berlin'), text),
  allowedOrigins: fc.array(fc.oneof(fc.constant('https://shop.example'), fc.webUrl(), text), {
    maxLength: 2,
  }),
  automaticAllocation: fc.boolean(),
  newVisitors: rule,
  returningVisitors: fc.oneof(rule, fc.constant(null)),
  receptionWeight: number,
  memberOrder: number,
  schedule,
  agentIds: fc.oneof(fc.constant('all'), fc.array(id, { maxLength: 4 })),
  set: fc.oneof(fc.record({ maxLoad: number, groups: fc.array(id), schedule }, { requiredKeys: [] }), json),
  distribution: fc.oneof(fc.record({ frequencySeconds: number }), json),
  routingFrequencySeconds: number,
  colour: json,
};

/** The least that each route with a body takes. */
const BODIES: Partial<Record<RouteName, Readonly<Record<string, unknown>>>> = {
  startChat: { channelId: 'web' },
  setStatus: { status: 'online' },
  replaceSettings: {},
  replaceAgent: { name: 'Ada' },
  editAgents: { agentIds: 'all', set: { maxLoad: 3 } },
  replaceGroup: { name: 'Line', queuePosition: 1 },
  replaceChannel: { name: 'Web' },
  explain: { channelId: 'web' },
  replaceProject: { name: 'Acme' },
  replaceSystemSettings: {},
};

function bodyFor(route: RouteName): fc.Arbitrary<unknown> {
  const least = BODIES[route] ?? {};
  const fields = (max: number) => fc.subarray(Object.keys(FIELDS), { maxLength: max }).chain(recordOf);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(least) },
    { weight: 3, arbitrary: fields(1).map(field => ({ ...least, ...field })) },
    { weight: 2, arbitrary: fields(4) },
    { weight: 1, arbitrary: json },
  );
}
function recordOf(names: readonly string[]) {
  return fc.record(Object.fromEntries(names.map(name => [name, FIELDS[name] ?? json])));
}

const header = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  {},
  { 'if-match': '*' },
  { 'if-match': '"1"' },
  { 'if-match': 'W/"x", ,' },
  { 'idempotency-key': 'one' },
  { 'idempotency-key': 'two' },
  { 'idempotency-key': 'k'.repeat(300) },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=latin1' },
  { 'content-type': 'multipart/form-data' },
  { origin: 'https://evil.example' },
  { 'x-usher-key': 'pk_acme' },
  { authorization: 'Bearer \u00ff' },
  { cookie: 'a=b; c' },
);

const query = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.record(
      { limit: fc.oneof(fc.integer().map(String), text), cursor: text, state: fc.constantFrom('open', 'x') },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.dictionary(text, text, { maxKeys: 3 }) },
);

const anyRequest = fc.constantFrom(...ROUTE_NAMES).chain(route =>
  fc.record({
    route: fc.constant(route),
    as: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('owner', 'operator') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('ada', 'ben', 'bot', 'widget', 'visitor', 'stranger', 'forger', 'nobody'),
      },
    ),
    ids: fc.record(IDS),
    query: query.map(wellFormed),
    sent: fc.oneof(
      { weight: 8, arbitrary: bodyFor(route).map(value => ({ text: JSON.stringify(value) })) },
      { weight: 1, arbitrary: text.map(value => ({ text: value })) },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    headers: header,
  }),
);
type AnyRequest = typeof anyRequest extends fc.Arbitrary<infer Request> ? Request : never;

function wellFormed(given: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.toWellFormed(), (value ?? '').toWellFormed()]),
  );
}

async function send({ route, as, ids, query: search, sent, headers }: AnyRequest) {
  const named = (value: string) =>
    value.startsWith('chat ') ? (chatIds[Number(value.slice(5))] ?? value) : value;
  const params = Object.fromEntries(Object.entries(ids).map(([name, value]) => [name, named(value)]));
  const takesBody = ROUTES[route].method !== 'GET';
  return world.call(route, {
    as: callers[as] ?? NOBODY,
    params,
    query: search,
    ...(takesBody && sent),
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
    fc.array(anyRequest, { minLength: REQUESTS_PER_RUN, maxLength: REQUESTS_PER_RUN }),
    async requests => {
      await furnish();
      let before = await digest();
      for (const request of requests) {
        // `call` throws on an answer that is not declared or not well formed.
        const { status, text: shown } = await send(request);
        met.set(status, (met.get(status) ?? 0) + 1);
        if (status >= 500) throw new Error(`${request.route} failed: ${shown}`);
        if (ROUTES[request.route].method === 'GET') continue;
        const after = await digest();
        if (status >= 400) expect([request, after]).toEqual([request, before]);
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
