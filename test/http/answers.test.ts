import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROBLEMS } from '../../functions/edge/problems.ts';
import { ROUTE_NAMES, type RouteName } from '../../functions/routes.ts';
import { type Ask, openWorld, type Project, type World } from '../support/http.ts';
import { type Case, COMMON_CASES, declaredBy, type Gives, NEVER, statusOf } from './cases.ts';
import type { Answered } from './declared.ts';
import { FINE } from './fine.ts';
import { OWN_CASES } from './own-cases.ts';

/** Each route gives each thing that it declares, and what it gives is declared and well formed. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const CASES = [...OWN_CASES, ...COMMON_CASES];
const casesOf = (route: RouteName) => CASES.filter(one => one.route === route);

/** Cases that need two requests at once, and stand in tests of their own. */
const ELSEWHERE: readonly Gives[] = ['in-progress'];

async function answerTo(project: Project, { route, ask, meanwhile }: Case): Promise<Answered> {
  const request = await ask(project, world);
  if (meanwhile === undefined) return project.ask(route, request);
  return world.interfering(meanwhile, () => project.ask(route, request));
}

describe.each(ROUTE_NAMES)('%s', route => {
  const cases = casesOf(route);

  test('has a case for all that it declares', () => {
    const covered = new Set<Gives>([...cases.map(({ gives }) => gives), ...ELSEWHERE]);
    const excused = Object.keys(NEVER[route] ?? {});
    const missing = declaredBy(route).filter(
      gives => !covered.has(gives) && !excused.includes(String(gives)),
    );
    expect(missing).toEqual([]);
    expect(excused.filter(gives => covered.has(gives as Gives))).toEqual([]);
  });

  for (const one of cases) {
    test(`gives ${one.gives} when ${one.when}`, async () => {
      const answer = await answerTo(await world.project(), one);
      const { code = answer.status } = (answer.body ?? {}) as { code?: unknown };
      expect([answer.status, code]).toEqual([statusOf(one.gives), one.gives]);
      expect(answer.text).not.toContain('secret of the store');
    });
  }
});

describe.each(ROUTE_NAMES.filter(route => declaredBy(route).includes('in-progress')))('%s', route => {
  test('gives in-progress when the first request with the key is still at work', async () => {
    const acme = await world.project();
    const fine = await FINE[route](acme);
    const request: Ask = { ...fine, headers: { ...fine.headers, 'idempotency-key': 'k' } };
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let keysSeen = 0;
    // The key is noted before the work: what is written after the first note is held back, a second note is not.
    const holding = (command: string, input: unknown) => {
      if (/^(Get|BatchGet|Query)/.test(command)) return;
      if (command.startsWith('Put') && JSON.stringify(input).includes('IDEMPOTENCY#')) {
        keysSeen += 1;
        return;
      }
      // What goes on in the background is none of the request's.
      if (keysSeen > 0) begin();
      return released;
    };
    const answers = await world.interfering(holding, async () => {
      const first = acme.ask(route, request);
      await begun;
      const second = await acme.ask(route, request);
      release();
      return [await first, second];
    });
    expect(answers[0]?.status).toBeLessThan(300);
    expect(answers[1]?.body).toMatchObject({ status: 409, code: 'in-progress' });
    expect((await acme.ask(route, request)).text).toBe(answers[0]?.text);
  });
});

describe('a problem', () => {
  test('about fields names each of them', async () => {
    const acme = await world.project();
    const params = { agentId: 'ada' };
    const { body } = await acme.ask('replaceAgent', { params, body: { name: '', maxLoad: -1, colour: 1 } });
    const { errors } = body as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['body', 'body.maxLoad', 'body.name']);
    expect(errors.every(({ message }) => message !== '')).toBe(true);
  });

  test('has a type and an instance of its own, and no second one has the same', async () => {
    const acme = await world.project();
    const ask = async () => (await acme.ask('readAgent', { params: { agentId: 'nobody' } })).body;
    const [one, two] = [await ask(), await ask()] as { instance: string; type: string }[];
    expect(one?.type).toBe('urn:usher:problem:not-found');
    expect(one?.instance).not.toBe(two?.instance);
  });

  test('is what a path or a method that does not exist gives', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/v1/projects/'],
      ['PATCH', '/v1/projects/acme/chats'],
      ['GET', '/v1/projects/acme/agents//status'],
      ['DELETE', '/v1/projects'],
      ['GET', '/V1/projects'],
    ] as const) {
      const { status, headers, body } = await world.send(method, path, world.owner);
      expect(status).toBe(404);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).toMatchObject({ code: 'not-found', status: 404, title: PROBLEMS['not-found'].title });
    }
  });

  test('meets fields in the body of a route that takes none: they are refused, not ignored', async () => {
    const acme = await world.project({ agents: { ada: { status: 'busy' } } });
    const { id: chatId } = await acme.start();
    const as = await acme.as.agent('ada');
    const { status } = await acme.ask('acceptChat', { as, params: { chatId }, body: { agentId: 'ben' } });
    expect(status).toBe(400);
  });
});

describe('odd text in a body', () => {
  test.each(['\\ud800', '\\u0000', '\\udfff x', '\\u202e'])(
    'is carried out or refused, and is never a failure of ours: %s',
    async odd => {
      const acme = await world.project();
      const bodies = [
        `{"channelId":"web","visitor":{"name":"a${odd}"}}`,
        `{"channelId":"web","message":"a${odd}"}`,
        `{"channelId":"web","visitor":{"attributes":{"a${odd}":"b"}}}`,
        `{"channelId":"web","visitor":{"attributes":{"b":"a${odd}"}}}`,
        `{"channelId":"web","visitor":{"attributes":{"__proto__":"a${odd}"}}}`,
        `{"channelId":"web${odd}"}`,
      ];
      for (const text of bodies) {
        expect((await acme.ask('startChat', { as: acme.as.widget, text })).status).toBeLessThan(500);
      }
      const text = `{"name":"a${odd}"}`;
      expect((await acme.ask('replaceAgent', { params: { agentId: 'ada' }, text })).status).toBeLessThan(500);
      expect((await acme.ask('listAgents')).status).toBe(200);
      expect((await acme.ask('listChats')).status).toBe(200);
    },
  );
});

describe('a list', () => {
  test.each([
    'listAgents',
    'listAgentCards',
    'listGroups',
    'listChannels',
    'listChats',
    'listProjects',
  ] as const)('page by page has everything once, in order: %s', async route => {
    const acme = await world.project();
    // Ids that sort next to each other, one being the beginning of the other.
    for (const id of ['a', 'a-1', 'a_1', 'a1', 'ab', '9']) {
      await acme.hire(id, { status: 'offline' });
      await acme.group(id, 1);
      await acme.channel(id, 1);
      await acme.start();
    }
    const as = route === 'listProjects' ? acme.as.owner : acme.as.operator;
    const whole = await acme.must(route, { as, query: { limit: '100' } });
    const { items, nextCursor } = whole.body as { items: { id: string }[]; nextCursor: string | null };
    const ids = items.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    if (route !== 'listProjects') expect(nextCursor).toBeNull();
    const paged: string[] = [];
    let cursor: string | null = null;
    while (paged.length < ids.length) {
      const query = { limit: '4', ...(cursor !== null && { cursor }) };
      const { body } = await acme.must(route, { as, query });
      const page = body as typeof whole.body as { items: { id: string }[]; nextCursor: string | null };
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(paged.slice(0, ids.length)).toEqual(ids);
  });

  test('of chats can be asked by state, agent and group', async () => {
    const acme = await world.project({ agents: { ada: { maxLoad: 2 }, ben: { maxLoad: 1 } } });
    const chats = [await acme.start(), await acme.start(), await acme.start(), await acme.start()];
    await acme.closeChat(chats[0]?.id ?? '');
    const ids = async (query: Record<string, string>) => (await acme.chats(query)).map(({ id }) => id);
    const all = await acme.chats();
    expect(all.map(({ id }) => id)).toEqual(chats.map(({ id }) => id));
    const where = (keep: (chat: (typeof all)[number]) => boolean) => all.filter(keep).map(({ id }) => id);
    for (const state of ['open', 'waiting', 'closed'])
      expect(await ids({ state })).toEqual(where(chat => chat.state === state));
    for (const agentId of ['ada', 'ben', 'nobody']) {
      expect(await ids({ agentId })).toEqual(where(chat => chat.agentId === agentId));
      const open = where(chat => chat.agentId === agentId && chat.state === 'open');
      expect(await ids({ agentId, state: 'open' })).toEqual(open);
    }
    expect(await ids({ groupId: 'line-1' })).toEqual([]);
  });
});
