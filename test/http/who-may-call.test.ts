import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CALLERS, ROUTE_NAMES, ROUTES, type Route, type RouteName } from '../../functions/routes.ts';
import { type Credentials, NOBODY, openWorld, type Project, type World } from '../support/http.ts';
import { FINE } from './fine.ts';

/** Every route by every kind of caller, of this project and of another. Who is not allowed is refused. */

let world: World;
let acme: Project;
let other: Project;
beforeAll(async () => {
  world = await openWorld();
  acme = await world.project({ agents: { ada: {}, ben: { status: 'offline' } } });
  other = await world.project({ agents: { ada: { status: 'offline' } } });
});
afterAll(() => world.close());

/** The callers, in the order of the columns below. Ada is the agent that a request is about, and has the chat. */
const COLUMNS = [
  'nobody',
  'widget',
  'visitor',
  'stranger',
  'ada',
  'ben',
  'bot',
  'operator',
  'owner',
  "other's widget",
  "other's visitor",
  "other's ada",
  "other's bot",
  "other's operator",
] as const;

/** `yes` or the status of the refusal, by the contract's "who" of each route. The chats here are no bot's, which has to do with its own only. */
const MAY = `
                     nobody widget visitor stranger ada ben bot operator owner   widget visitor ada bot operator
startChat            401    yes    yes     yes      403 403 yes yes      yes     401    401     403 403 403
listChats            401    403    403     403      yes yes 403 yes      yes     403    403     403 403 403
readChat             401    403    yes     404      yes yes 403 yes      yes     403    404     403 403 403
acceptChat           401    403    403     403      yes yes 403 403      403     403    403     403 403 403
initiateChat         401    403    403     403      yes 403 403 yes      yes     403    403     403 403 403
holdChat             401    403    403     403      yes 403 403 yes      yes     403    403     403 403 403
resumeChat           401    403    403     403      yes 403 403 yes      yes     403    403     403 403 403
transferChat         401    403    403     403      yes 403 403 yes      yes     403    403     403 403 403
closeChat            401    403    yes     404      yes 403 403 yes      yes     403    404     403 403 403
postMessage          401    403    yes     404      yes 403 403 yes      yes     403    404     403 403 403
listMessages         401    403    yes     404      yes yes 403 yes      yes     403    404     403 403 403
renewToken           401    403    yes     404      403 403 403 403      403     403    404     403 403 403
listDecisions        401    403    403     403      yes yes 403 yes      yes     403    403     403 403 403
listAgents           401    403    403     403      yes yes 403 yes      yes     403    403     403 403 403
readAgent            401    403    403     403      yes 403 403 yes      yes     403    403     403 403 403
setStatus            401    403    403     403      yes 403 403 yes      yes     403    403     403 403 403
heartbeat            401    403    403     403      yes 403 403 403      403     403    403     403 403 403
readSettings         401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
replaceSettings      401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
listAgentCards       401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
readAgentCard        401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
replaceAgent         401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
editAgents           401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
deleteAgent          401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
listGroups           401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
replaceGroup         401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
deleteGroup          401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
listChannels         401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
replaceChannel       401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
deleteChannel        401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
readJob              401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
startJob             401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
stopJob              401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
runJob               401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
listQueue            401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
revokeToken          401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
readBoard            401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
explain              401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
check                401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
listProjects         401    403    403     403      403 403 403 403      yes     403    403     403 403 403
replaceProject       401    403    403     403      403 403 403 yes      yes     403    403     403 403 403
readSystemSettings   401    403    403     403      403 403 403 403      yes     403    403     403 403 403
replaceSystemSettings 401   403    403     403      403 403 403 403      yes     403    403     403 403 403
`;

/** A bot may call these about chats that are with a bot; `bots.test.ts` has them. */
const ON_BOT_CHATS: readonly RouteName[] = [
  'readChat',
  'transferChat',
  'closeChat',
  'postMessage',
  'listMessages',
];

const ROWS = new Map(
  MAY.trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(/\s+/))
    .map(([route = '', ...cells]) => [route, cells] as const),
);

/** A fresh request that is fine, about a chat of Ada's and of a visitor who is known. */
async function prepare(route: RouteName) {
  const fine = await FINE[route](acme);
  if (!ROUTES[route].path.includes('{chatId}')) return { fine, visitor: (await acme.visit()).token };
  await acme.hire('ada', { status: route === 'acceptChat' ? 'offline' : 'online', maxLoad: 1_000 });
  await acme.hire('ben', { status: 'offline' });
  const { chat, token } = await acme.visit();
  if (route === 'resumeChat') await acme.must('holdChat', { params: { chatId: chat.id } });
  return { fine: { ...fine, params: { chatId: chat.id } }, visitor: token };
}

async function credentials(caller: (typeof COLUMNS)[number], visitor: string): Promise<Credentials> {
  switch (caller) {
    case 'nobody':
      return NOBODY;
    case 'visitor':
      return acme.visitor(visitor);
    case 'stranger':
      return acme.visitor((await acme.visit()).token);
    case 'ada':
    case 'ben':
      return acme.as.agent(caller);
    case "other's widget":
      return other.as.widget;
    case "other's visitor":
      return other.visitor((await other.visit()).token);
    case "other's ada":
      return other.as.agent('ada');
    case "other's bot":
      return other.as.bot;
    case "other's operator":
      return other.as.operator;
    default:
      return acme.as[caller];
  }
}

test('the table has every route and every kind of caller', () => {
  expect([...ROWS.keys()].sort()).toEqual([...ROUTE_NAMES].sort());
  for (const cells of ROWS.values()) expect(cells).toHaveLength(COLUMNS.length);
  expect(COLUMNS).toEqual(expect.arrayContaining(CALLERS.filter(caller => caller !== 'agent')));
});

describe.each(ROUTE_NAMES)('%s', route => {
  test('is for those whom the table names, and refuses everybody else', async () => {
    const expected = COLUMNS.map((caller, column) => [caller, ROWS.get(route)?.[column]] as const);
    const met: Record<string, string> = {};
    let prepared = await prepare(route);
    for (const [caller, may] of expected) {
      const { fine, visitor } = prepared;
      const answer = await acme.ask(route, { ...fine, as: await credentials(caller, visitor) });
      met[caller] = answer.status < 400 ? 'yes' : String(answer.status);
      // What was carried out may have used the request up; what was refused changed nothing.
      if (met[caller] === 'yes' || may === 'yes') prepared = await prepare(route);
    }
    expect(met).toEqual(Object.fromEntries(expected));
  });

  test('says who may call it as the table does', () => {
    const { who }: Route = ROUTES[route];
    const allowed = COLUMNS.filter((_, column) => ROWS.get(route)?.[column] === 'yes');
    const kinds = new Set(allowed.map(caller => (['ada', 'ben'].includes(caller) ? 'agent' : caller)));
    kinds.delete('stranger');
    if (ON_BOT_CHATS.includes(route)) kinds.add('bot');
    expect([...kinds].sort()).toEqual([...who].sort());
  });
});

describe('a token', () => {
  const { path } = ROUTES.listChats;
  const chats = path.replace('{projectId}', 'p1');

  test.each([
    '',
    'p1',
    'operator',
    'operator:',
    'operator:p1:',
    'operator:p1:ada',
    'operator:p10',
    'operator:P1',
    'Operator:p1',
    ' operator:p1',
    'agent:p1',
    'agent:p1:',
    'agent:p1:ada:more',
    'agent::p1',
    'bot:p1',
    'owner:p1',
    'owner:',
    'Owner',
    'owners',
    'constructor:p1',
  ])('with the group "%s" may not read the chats of p1', async group => {
    const { status } = await world.send('GET', chats, await world.inGroup(group, 'somebody'));
    expect(status).toBe(403);
  });

  test.each([
    ['in lower case', (token: string) => ({ authorization: `bearer ${token}` }), 200],
    ['twice', (token: string) => ({ authorization: `Bearer ${token}, Bearer ${token}` }), 401],
    ['with two spaces', (token: string) => ({ authorization: `Bearer  ${token}` }), 401],
    ['without a scheme', (token: string) => ({ authorization: token }), 401],
    ['in the query', () => ({}), 401],
  ] as const)('sent %s', async (_, headers, expected) => {
    const token = (acme.as.operator.authorization ?? '').slice('Bearer '.length);
    const { status } = await world.send(
      'GET',
      `${chats}?access_token=${token}`.slice(0, expected === 200 ? chats.length : undefined),
      headers(token),
    );
    expect(status).toBe(expected);
  });

  test('beside a widget key is what counts', async () => {
    const as = { ...acme.as.widget, ...(await acme.as.agent('ada')) };
    expect((await acme.ask('startChat', { as, body: { channelId: 'web' } })).status).toBe(403);
  });

  test('of another issuer is refused, though it says the same', async () => {
    const another = await openWorld();
    try {
      const as = await another.inGroup(`operator:${acme.id}`);
      expect((await acme.ask('listChats', { as })).status).toBe(401);
    } finally {
      await another.close();
    }
  });
});
