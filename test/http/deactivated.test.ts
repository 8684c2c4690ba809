import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROUTE_NAMES, ROUTES, type Route } from '../../functions/routes.ts';
import { openWorld, type Project, type World } from '../support/http.ts';
import { FINE } from './fine.ts';

/** An agent that was deactivated or removed has no access any more, whatever its token says. */

let world: World;
let acme: Project;
beforeAll(async () => {
  world = await openWorld();
  acme = await world.project({ agents: { ada: {} } });
});
afterAll(() => world.close());

const FOR_AGENTS = ROUTE_NAMES.filter(name => {
  const { who }: Route = ROUTES[name];
  return who.includes('agent');
});

/** What Ada's token meets on each route for agents. */
async function metByAda(before: () => Promise<unknown>) {
  const met: Record<string, number> = {};
  for (const route of FOR_AGENTS) {
    const fine = await FINE[route](acme);
    await before();
    met[route] = (await acme.ask(route, { ...fine, as: await acme.as.agent('ada') })).status;
  }
  return met;
}

const all = (status: number) => Object.fromEntries(FOR_AGENTS.map(route => [route, status]));

test('one that was deactivated is refused everywhere, and let in again when it is active', async () => {
  expect(await metByAda(() => acme.replaceCard('ada', { active: false }))).toEqual(all(403));
  await acme.replaceCard('ada', { active: true });
  expect((await acme.ask('listChats', { as: await acme.as.agent('ada') })).status).toBe(200);
});

test('one that was removed is refused, and so is one that never was', async () => {
  const other = await world.project({ agents: { ben: {} } });
  await other.must('deleteAgent', { params: { agentId: 'ben' } });
  for (const id of ['ben', 'nobody'])
    expect((await other.ask('listChats', { as: await other.as.agent(id) })).status).toBe(403);
});
