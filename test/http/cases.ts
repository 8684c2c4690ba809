import { PROBLEMS, type ProblemCode } from '../../functions/edge/problems.ts';
import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from '../../functions/routes.ts';
import { type Ask, type Interference, NOBODY, type Project, type World } from '../support/http.ts';
import { problemsOf } from './declared.ts';
import { FINE } from './fine.ts';

/** What a route may give: the status of an answer, or the code of a problem. */
export type Gives = number | ProblemCode;

/** One request, and what the route gives for it. */
export type Case = {
  readonly route: RouteName;
  readonly gives: Gives;
  readonly when: string;
  readonly ask: (project: Project, world: World) => Ask | Promise<Ask>;
  /** What goes wrong in the table meanwhile. */
  readonly meanwhile?: Interference;
};

/** Everything a route declares. */
export function declaredBy(route: RouteName): readonly Gives[] {
  return [...Object.keys(ROUTES[route].answers).map(Number), ...problemsOf(route)];
}

/** What a route declares with all others and cannot give, and why. */
export const NEVER: Readonly<Partial<Record<RouteName, Partial<Record<Gives, string>>>>> = {
  listProjects: { 'not-found': 'the list of projects is always there' },
  readSystemSettings: { 'not-found': 'the system settings are always there' },
  replaceSystemSettings: { 'not-found': 'the system settings are always there' },
  heartbeat: { 'not-found': 'an agent that is not there has no access' },
  startChat: { 'too-many-starts': 'a laptop limits starts only if it is told to' },
};

export const statusOf = (gives: Gives): number =>
  typeof gives === 'number' ? gives : PROBLEMS[gives].status;

type Change = (fine: Ask, project: Project, world: World) => Ask | Promise<Ask>;

/** A case that differs in one thing from the request that is fine. */
function but(route: RouteName, gives: Gives, when: string, change: Change): Case {
  const ask: Case['ask'] = async (project, world) => change(await FINE[route](project), project, world);
  return { route, gives, when, ask };
}

/** The cases that every route of a kind has. */
export const COMMON_CASES: readonly Case[] = ROUTE_NAMES.flatMap(route => {
  const { body, method }: Route = ROUTES[route];
  return [
    ...callerCases(route),
    ...paramCases(route),
    but(route, 'invalid-request', 'the query has an unknown field', fine => ({
      ...fine,
      query: { colour: 'red' },
    })),
    ...(method === 'GET' ? [] : bodyCases(route)),
    ...(body === null ? [] : [emptyBodyCase(route)]),
    ...(method === 'POST' ? keyCases(route) : []),
    ...brokenStoreCases(route),
  ];
});

function callerCases(route: RouteName): readonly Case[] {
  const with401 = (when: string, headers: (world: World) => Ask['as'] | Promise<Ask['as']>) =>
    but(route, 'unauthenticated', when, async (fine, _, world) => ({
      ...fine,
      as: (await headers(world)) ?? {},
    }));
  return [
    with401('nobody says who calls', () => NOBODY),
    with401('the token is none', () => ({ authorization: 'Bearer nonsense' })),
    with401('the token is half a visitor token', () => ({ authorization: 'Bearer vt_1' })),
    with401('the scheme is another', () => ({ authorization: 'Basic b3duZXI6b3duZXI=' })),
    with401('the signature is of another token', async ({ owner, inGroup }) => {
      const [signed = '', other = ''] = [owner, await inGroup('agent:a:b')].map(as => as.authorization);
      return { authorization: [...other.split('.').slice(0, 2), signed.split('.')[2]].join('.') };
    }),
    with401('the token is not signed', ({ owner }) => {
      const [, claims] = owner.authorization?.split('.') ?? [];
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      return { authorization: `Bearer ${header}.${claims}.` };
    }),
    but(route, 'forbidden', "the caller is another project's agent", async (fine, _, { inGroup }) => ({
      ...fine,
      as: await inGroup('agent:elsewhere:ada'),
    })),
    but(route, 'forbidden', 'the token gives no role', async (fine, _, { inGroup }) => ({
      ...fine,
      as: await inGroup('visitors'),
    })),
  ];
}

/** Each id of the path, odd, too long, or of nothing that is there. */
function paramCases(route: RouteName): readonly Case[] {
  const params = [...ROUTES[route].path.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param);
  const others = params.filter(param => param !== 'projectId');
  const odd = ['Ada', '-ada', 'a'.repeat(65), 'a b', 'ä', 'chat_1', '%', 'a#b'];
  const creates = route.startsWith('replace');
  return [
    ...others.flatMap(param =>
      odd
        .filter(id => param === 'chatId' || id !== 'chat_1')
        .map(id =>
          but(route, 'invalid-request', `${param} is ${id.length > 20 ? 'too long' : `"${id}"`}`, fine => ({
            ...fine,
            params: { ...fine.params, [param]: id },
          })),
        ),
    ),
    ...others
      .filter(() => !creates)
      .map(param =>
        // Nobody but the agent itself may ask, and one that is not there has no access.
        but(route, route === 'heartbeat' ? 'forbidden' : 'not-found', `there is no such ${param}`, fine => ({
          ...fine,
          params: { ...fine.params, [param]: NOT_THERE[param] ?? 'nobody' },
        })),
      ),
    ...(params.includes('projectId') ? [elsewhere(route)] : []),
  ];
}

const NOT_THERE: Readonly<Record<string, string>> = {
  chatId: `chat_${'0'.repeat(26)}`,
  visitorId: `vis_${'0'.repeat(26)}`,
};

/** The caller may, in a project that is not there; but there are no agents in it. */
function elsewhere(route: RouteName): Case {
  const { who }: Route = ROUTES[route];
  const isForAgents = who.every(kind => kind === 'agent');
  const gives = isForAgents ? 'forbidden' : 'not-found';
  return but(route, gives, 'there is no such project', async (fine, _, { inGroup, owner }) => {
    const params = { ...fine.params, projectId: 'nowhere' };
    if (isForAgents) return { ...fine, as: await inGroup('agent:nowhere:ada'), params };
    // An owner would create it.
    if (route === 'replaceProject') return { ...fine, as: await inGroup('operator:nowhere'), params };
    return { ...fine, ...(who.includes('owner') && { as: owner }), params };
  });
}

function bodyCases(route: RouteName): readonly Case[] {
  const sent = (gives: Gives, when: string, change: Ask) =>
    but(route, gives, when, ({ headers, ...fine }) => ({
      ...fine,
      ...change,
      headers: { ...headers, ...change.headers },
    }));
  return [
    sent('malformed-json', 'the body is cut off', { text: '{"name": ' }),
    ...['null', '[]', '"text"', '7', 'true'].map(text =>
      sent('invalid-request', `the body is ${text}`, { text }),
    ),
    but(route, 'invalid-request', 'the body has an unknown field', fine => ({
      ...fine,
      body: { ...(fine.body as object), colour: 'red' },
    })),
    sent('body-too-large', 'the body has more than 64 KB', {
      text: JSON.stringify({ name: 'x'.repeat(65_536) }),
    }),
    sent('body-too-large', 'the body has more than 64 KB, and few characters', {
      text: JSON.stringify({ name: '€'.repeat(22_000) }),
    }),
    sent('unsupported-media-type', 'the body is a form', {
      text: '{}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    sent('unsupported-media-type', 'the body is text', {
      text: '{}',
      headers: { 'content-type': 'text/plain' },
    }),
  ];
}

function emptyBodyCase(route: RouteName): Case {
  return but(route, 'malformed-json', 'the body is empty', fine => ({ ...fine, text: '' }));
}

function keyCases(route: RouteName): readonly Case[] {
  const keyed = (fine: Ask, key: string): Ask => ({
    ...fine,
    headers: { ...fine.headers, 'idempotency-key': key },
  });
  return [
    but(route, 'invalid-idempotency-key', 'the key is too long', fine => keyed(fine, 'k'.repeat(256))),
    but(route, 'idempotency-key-reused', 'the key came with another request', async (fine, project) => {
      const { who }: Route = ROUTES[route];
      // A visitor's keys are its own.
      const other = who.includes('operator') || who.includes('agent') ? await FINE[route](project) : fine;
      await project.must(route, keyed({ ...other, ...otherBody(route, other, fine) }, 'k'));
      return keyed(fine, 'k');
    }),
  ];
}

/** The body in other bytes. Where none is taken another path will do, and where that is always the same, an empty object. */
function otherBody(route: RouteName, other: Ask, fine: Ask): Pick<Ask, 'text'> {
  if (other.body !== undefined) return { text: `${JSON.stringify(other.body)} ` };
  return ROUTES[route].path.includes('{chatId}') && other !== fine ? {} : { text: '{}' };
}

function brokenStoreCases(route: RouteName): readonly Case[] {
  const failing = (gives: ProblemCode, name: string): Case => ({
    route,
    gives,
    when: `the store fails: ${name}`,
    ask: FINE[route],
    meanwhile: () => {
      throw Object.assign(new Error('secret of the store'), { name });
    },
  });
  return [
    failing('busy', 'ThrottlingException'),
    failing('unavailable', 'TimeoutError'),
    failing('internal-error', 'ValidationException'),
  ];
}
