import { afterAll, describe, expect, test } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import {
  cancelledBy,
  conflict,
  type Fault,
  inProgress,
  isTransaction,
  throttled,
  timedOutAfter,
  timedOutBefore,
} from '../support/faults.ts';
import { expectConsistent } from '../support/in-order.ts';
import { chatOf, openTeam } from '../support/transfers.ts';
import type { Reply, World } from '../support/world.ts';

const engine: Engine = await openEngine();
afterAll(() => engine.close());

/** A verb on Ada's chat as its caller sees it, and what it leaves of the chat when all goes well. */
type Verb = {
  readonly set?: (world: World, id: ChatId) => Promise<unknown>;
  readonly run: (world: World, id: ChatId) => Promise<Reply>;
  readonly status: number;
  readonly left: object;
};

const VERBS: Readonly<Record<string, Verb>> = {
  'a hold': { run: (world, id) => world.hold(id), status: 200, left: { state: 'held', version: 3 } },
  'a resume': {
    set: (world, id) => world.hold(id),
    run: (world, id) => world.resume(id),
    status: 200,
    left: { state: 'open', agentId: 'ada', version: 4 },
  },
  'a transfer to an agent': {
    run: (world, id) => world.transfer(id, { agentId: 'eve' }),
    status: 200,
    left: { state: 'open', agentId: 'eve', version: 3 },
  },
  'a transfer to a group': {
    run: (world, id) => world.transfer(id, { groupId: 'line-1' }),
    status: 200,
    left: { state: 'open', agentId: 'bo', version: 3 },
  },
  'a transfer that is queued': {
    set: world => world.job('start'),
    run: (world, id) => world.transfer(id, { groupId: 'line-1' }),
    status: 202,
    left: { state: 'open', agentId: 'ada', transfer: { groupId: 'line-1' }, version: 3 },
  },
  'a transfer that finds nobody': {
    set: world => world.call('editAgents', { body: { agentIds: ['bo', 'cy'], set: { active: false } } }),
    run: (world, id) => world.transfer(id, { groupId: 'line-1' }),
    status: 409,
    left: { state: 'open', agentId: 'ada', transfer: null },
  },
  'a close of a queued chat': {
    set: async (world, id) => {
      await world.job('start');
      await world.transfer(id, { groupId: 'line-1' });
    },
    run: (world, id) => world.close(id),
    status: 200,
    left: { state: 'closed', transfer: null, version: 4 },
  },
  'a run of the job': {
    set: async (world, id) => {
      await world.job('start');
      await world.transfer(id, { groupId: 'line-1' });
    },
    run: world => world.job('run'),
    status: 200,
    left: { state: 'open', agentId: 'bo', transfer: null, version: 4 },
  },
};
const BY_VERB = Object.entries(VERBS);

async function setFor({ set }: Verb) {
  const world = await openTeam(engine);
  const id = await chatOf(world);
  await set?.(world, id);
  return { world, id };
}

const PASSING: Readonly<Record<string, Fault>> = {
  'a conflict': conflict,
  'a transaction in progress': inProgress,
  'a throttle': throttled,
  'a throttle as a reason': cancelledBy('ThrottlingError'),
  'a lost request': timedOutBefore,
  'a lost answer': timedOutAfter,
};

describe('a fault that passes', () => {
  const pairs = BY_VERB.flatMap(([name, verb]) =>
    Object.entries(PASSING).map(([fault, meets]) => [name, fault, verb, meets] as const),
  );
  test.each(pairs)('%s survives %s, done once', async (_name, _fault, verb, meets) => {
    const { world, id } = await setFor(verb);
    world.door.next(isTransaction, meets);
    expect((await verb.run(world, id)).status).toBe(verb.status);
    expect(world.door.isThrough()).toBe(true);
    const { standing } = await expectConsistent(world);
    expect(standing.chats.map(({ chat }) => chat)).toMatchObject([verb.left]);
  });
});

describe('a fault that stays', () => {
  const STAYING: readonly (readonly [string, Fault, number])[] = [
    ['throttles', throttled, 429],
    ['throttles as reasons', cancelledBy('ProvisionedThroughputExceeded'), 429],
    ['requests that are lost', timedOutBefore, 503],
    ['conflicts', conflict, 429],
  ];
  const pairs = BY_VERB.filter(([name]) => name !== 'a run of the job').flatMap(([name, verb]) =>
    STAYING.map(row => [name, row[0], verb, row] as const),
  );
  test.each(pairs)(
    '%s under %s changes nothing and says so',
    async (_name, _fault, verb, [, meets, status]) => {
      const { world, id } = await setFor(verb);
      const before = await world.standing();
      world.door.always(isTransaction, meets);
      expect((await verb.run(world, id)).status).toBe(status);
      expect(await world.standing()).toEqual(before);
    },
  );

  test.each(STAYING)(
    'a run of the job under %s leaves all in its place, and a later one does it',
    async (_, meets) => {
      const run = VERBS['a run of the job'];
      if (run === undefined) throw new Error('there is one');
      const { world, id } = await setFor(run);
      const before = await world.standing();
      world.door.always(isTransaction, meets);
      await run.run(world, id);
      expect(await world.standing()).toEqual(before);
      await world.door.mend();
      await run.run(world, id);
      const { standing } = await expectConsistent(world);
      expect(standing.chats.map(({ chat }) => chat)).toMatchObject([run.left]);
    },
  );
});
