import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES, type Route, type RouteName } from '../../functions/routes.ts';
import { type Ask, openWorld, type Project, type World } from '../support/http.ts';

/** Whoever changes something says which version it saw, and nobody's change is lost unseen. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Thing = {
  readonly kind: string;
  readonly put: RouteName;
  readonly params?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** A field that two changes can differ in. */
  readonly field: string;
  readonly read?: RouteName;
  readonly list?: RouteName;
  readonly remove?: RouteName;
  /** Only the owner's. */
  readonly system?: true;
  /** There from the beginning: changed only with If-Match. */
  readonly settings?: true;
};

const THINGS: readonly Thing[] = [
  {
    kind: 'agent',
    put: 'replaceAgent',
    params: { agentId: 'ada' },
    body: { name: 'Ada' },
    field: 'maxLoad',
    read: 'readAgentCard',
    list: 'listAgentCards',
    remove: 'deleteAgent',
  },
  {
    kind: 'group',
    put: 'replaceGroup',
    params: { groupId: 'line-1' },
    body: { name: 'Line 1', queuePosition: 1 },
    field: 'queuePosition',
    list: 'listGroups',
    remove: 'deleteGroup',
  },
  {
    kind: 'channel',
    put: 'replaceChannel',
    params: { channelId: 'phone' },
    body: { name: 'Phone' },
    field: 'weight',
    list: 'listChannels',
    remove: 'deleteChannel',
  },
  {
    kind: 'settings',
    put: 'replaceSettings',
    body: {},
    field: 'changeAgentMinutes',
    read: 'readSettings',
    settings: true,
  },
  {
    kind: 'system settings',
    put: 'replaceSystemSettings',
    body: {},
    field: 'routingQueueSize',
    read: 'readSystemSettings',
    system: true,
    settings: true,
  },
];
const SETTINGS = THINGS.filter(thing => thing.settings === true);
const REMOVABLE = THINGS.filter(thing => thing.remove !== undefined);

/** Asks about a thing, with this If-Match. */
function ask(project: Project, name: RouteName, thing: Thing, ifMatch?: string, more: Ask = {}) {
  return project.ask(name, {
    ...(thing.system && { as: project.as.owner }),
    ...(thing.params && { params: thing.params }),
    ...more,
    ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
  });
}

/** Puts the thing anew; answers with its ETag. */
async function present(project: Project, thing: Thing): Promise<string> {
  const seen = thing.settings && thing.read && (await ask(project, thing.read, thing)).headers.etag;
  const answer = await ask(project, thing.put, thing, seen, { body: thing.body });
  expect(answer.status).toBeLessThan(300);
  return answer.headers.etag ?? '';
}

test('every route that replaces or removes one of these says that it honours If-Match', () => {
  const changing = THINGS.flatMap(({ put, remove }) => [put, ...(remove ? [remove] : [])]);
  for (const name of changing) {
    const { problems }: Route = ROUTES[name];
    expect([name, ...problems]).toContain('stale-version');
  }
});

describe.each(THINGS)('the ETag of $kind', thing => {
  test('is the same on PUT, GET and in the list, and a new one after each change', async () => {
    const acme = await world.project();
    const first = await present(acme, thing);
    expect(first).toMatch(/^"[^"]+"$/);
    if (thing.read) expect((await ask(acme, thing.read, thing)).headers.etag).toBe(first);
    if (thing.list) {
      const items = (await acme.all(thing.list)) as { id: string; etag: string }[];
      const id = Object.values(thing.params ?? {})[0];
      expect(items.find(item => item.id === id)?.etag).toBe(first);
    }
    expect(await present(acme, thing)).not.toBe(first);
  });

  test('as If-Match lets a change through; the one before it does not, and nothing is changed', async () => {
    const acme = await world.project();
    const stale = await present(acme, thing);
    const fresh = await ask(acme, thing.put, thing, stale, { body: thing.body });
    expect(fresh.status).toBe(200);
    const refused = await ask(acme, thing.put, thing, stale, { body: thing.body });
    expect(refused.body).toMatchObject({ status: 412, code: 'stale-version' });
    const again = await ask(acme, thing.put, thing, fresh.headers.etag, { body: thing.body });
    expect(again.status).toBe(200);
  });

  test.each(['"nonsense"', 'W/"1"', '1', '"1', '""', 'x'])('is not matched by %s', async ifMatch => {
    const acme = await world.project();
    await present(acme, thing);
    const { body } = await ask(acme, thing.put, thing, ifMatch, { body: thing.body });
    expect(body).toMatchObject({ status: 412, code: 'stale-version' });
  });

  test('is matched by * and in a list of several', async () => {
    const acme = await world.project();
    const etag = await present(acme, thing);
    const listed = await ask(acme, thing.put, thing, `"x", ${etag}`, { body: thing.body });
    expect(listed.status).toBe(200);
    expect((await ask(acme, thing.put, thing, '*', { body: thing.body })).status).toBe(200);
  });

  test('lets one of several changes at once through, and tells the others', async () => {
    const acme = await world.project();
    const etag = await present(acme, thing);
    const values = [3, 4, 5];
    const puts = await Promise.all(
      values.map(value =>
        ask(acme, thing.put, thing, etag, { body: { ...thing.body, [thing.field]: value } }),
      ),
    );
    expect(puts.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const winner = puts.findIndex(({ status }) => status === 200);
    const last = await ask(acme, thing.put, thing, puts[winner]?.headers.etag, { body: thing.body });
    expect(last.status).toBe(200);
    expect(puts[winner]?.body).toMatchObject({ [thing.field]: values[winner] });
  });
});

describe.each(SETTINGS)('$kind', thing => {
  test('are not changed without If-Match', async () => {
    const acme = await world.project();
    const before = await present(acme, thing);
    const { body } = await ask(acme, thing.put, thing, undefined, { body: thing.body });
    expect(body).toMatchObject({ status: 428, code: 'if-match-required' });
    if (thing.read) expect((await ask(acme, thing.read, thing)).headers.etag).toBe(before);
  });
});

describe.each(REMOVABLE)('removing: $kind', thing => {
  const { remove = 'deleteAgent' } = thing;

  test('takes the version it saw, or any', async () => {
    const acme = await world.project();
    const stale = await present(acme, thing);
    const fresh = await present(acme, thing);
    const refused = await ask(acme, remove, thing, stale);
    expect(refused.body).toMatchObject({ status: 412, code: 'stale-version' });
    expect((await ask(acme, remove, thing, fresh)).status).toBe(204);
    expect((await ask(acme, remove, thing, fresh)).status).toBe(404);
    await present(acme, thing);
    expect((await ask(acme, remove, thing)).status).toBe(204);
  });

  test('what is not there: If-Match on a PUT creates nothing', async () => {
    const acme = await world.project();
    for (const ifMatch of ['*', '"1"']) {
      const { body } = await ask(acme, thing.put, thing, ifMatch, { body: thing.body });
      expect(body).toMatchObject({ status: 412 });
    }
    expect((await ask(acme, thing.put, thing, undefined, { body: thing.body })).status).toBe(201);
  });
});

describe('the ETag of an agent', () => {
  test('from before it was removed fits nothing once it is back', async () => {
    const acme = await world.project();
    const ada = { params: { agentId: 'ada' } };
    const put = (ifMatch?: string) =>
      acme.ask('replaceAgent', {
        ...ada,
        body: { name: 'Ada' },
        ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
      });
    const before = (await put()).headers.etag ?? '';
    await acme.must('deleteAgent', ada);
    const after = (await put()).headers.etag ?? '';
    expect((await put(before)).body).toMatchObject({ status: 412, code: 'stale-version' });
    expect((await put(after)).status).toBe(200);
  });

  test('counts changes of its card, not of its load or status', async () => {
    const acme = await world.project({ agents: { ada: {} } });
    const { etag } = await acme.agent('ada');
    await acme.start();
    await acme.setStatus('ada', 'rest');
    expect((await acme.agent('ada')).etag).toBe(etag);
  });
});

describe('a group', () => {
  test('marked as primary takes the mark from the one before', async () => {
    const acme = await world.project();
    const put = (groupId: string, primary?: boolean) =>
      acme.must('replaceGroup', {
        params: { groupId },
        body: { name: groupId, queuePosition: 1, ...(primary !== undefined && { primary }) },
      });
    const marked = async () =>
      ((await acme.all('listGroups')) as { id: string; primary: boolean }[])
        .filter(({ primary }) => primary)
        .map(({ id }) => id);
    await put('one', true);
    await put('two', true);
    expect(await marked()).toEqual(['two']);
    await put('two');
    expect(await marked()).toEqual(['two']);
    await put('two', false);
    expect(await marked()).toEqual([]);
    await Promise.all(['one', 'two', 'one', 'two'].map(groupId => put(groupId, true)));
    expect(await marked()).toHaveLength(1);
  });
});
