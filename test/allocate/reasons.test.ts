import { afterAll, describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import type { Settings } from '../../domain/settings.ts';
import { agent, LINE_1, LINE_2 } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { expectConsistent } from '../support/in-order.ts';
import { decisionsAbout } from '../support/standing.ts';
import { openWorld, team } from '../support/world.ts';

/** Nobody available is several different reasons, kept apart in the record; a chat says once why it waits. */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

type Case = {
  readonly agents: readonly Agent[];
  readonly settings?: Partial<Settings>;
  readonly groupId?: string;
  /** There is no mark of a primary group. */
  readonly unmarked?: true;
};
const by = (policy: Settings['newVisitors']['policy'], onNobody: 'wait' | 'offer' | null = null) => ({
  newVisitors: { policy, onNobody },
});
const member = agent({ id: 'ada', groups: [LINE_1], status: 'offline' });

const REASONS: Readonly<Record<string, readonly Case[]>> = {
  'nobody-online': [
    { agents: team(2, { status: 'rest' }) },
    // Full as well: who is not there has no say in whether there is room.
    { agents: team(2, { status: 'offline', maxLoad: 0 }) },
    { agents: [member], settings: by('group', 'wait') },
  ],
  'all-full': [
    { agents: team(2, { maxLoad: 0 }) },
    { agents: [...team(2, { status: 'rest' }), agent({ maxLoad: 0 })] },
    { agents: team(2, { receptionWeight: 0 }), settings: by('reception-weight') },
  ],
  'nobody-works-channel': [
    { agents: [] },
    { agents: team(2, { channels: ['mail'] }) },
    { agents: team(2, { active: false }) },
    { agents: team(2, { channels: [] }), settings: by('smart') },
    { agents: team(2, { active: false }), settings: by('all') },
  ],
  'empty-group': [{ agents: [member], settings: by('group'), groupId: 'line-2' }],
  'no-primary-group': [{ agents: [member], settings: by('group'), unmarked: true }],
  'automatic-off': [
    { agents: team(2), settings: { automaticAllocation: false } },
    { agents: team(2), settings: { automaticAllocation: false, ...by('all') } },
    { agents: [member], settings: { automaticAllocation: false, ...by('group') }, groupId: 'line-1' },
  ],
};
const ROWS = Object.entries(REASONS).flatMap(([reason, cases]) =>
  cases.map((one, index) => [reason, index + 1, one] as const),
);

describe('a chat that nobody takes', () => {
  test.each(ROWS)(
    'waits for the reason %s (%i), which is said once however often it is searched for',
    async (reason, _, one) => {
      const world = await openWorld(engine);
      const { agents, settings = {}, groupId, unmarked } = one;
      await world.put({ agents, settings, groups: [LINE_1, LINE_2], ...(!unmarked && { primary: LINE_1 }) });
      const { status, body } = await world.start(groupId === undefined ? {} : { groupId });
      expect({ status, state: body.chat.state }).toEqual({ status: 201, state: 'waiting' });
      await world.passMinute();
      await world.passMinute();
      // Marks are looked after where they are set; here the rows were written by hand.
      const standing = unmarked ? await world.standing() : (await expectConsistent(world)).standing;
      expect(decisionsAbout(standing, body.chat.id)).toMatchObject([{ outcome: reason, winner: null }]);
      expect(standing.places).toMatchObject([{ explained: true, decided: true }]);
      const [place] = standing.places;
      expect(standing.chats[0]?.chat).toMatchObject({ groupId: place?.groupId ?? null, version: 2 });
    },
  );
});
