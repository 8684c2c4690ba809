import { describe, expect, test } from '@jest/globals';
import { wouldOvertake } from '../../domain/line.ts';
import { agent, LINE_1, LINE_2, lineRules, place, rule } from '../support/domain.ts';

const RULES = lineRules({ weights: { call: 3, video: 9 } });

/** "A new chat may not take a slot that an older waiting chat could have used." */
describe('a new chat would overtake', () => {
  test.each([
    { when: 'an older one could use the slot', older: [place()], who: agent(), overtakes: true },
    { when: 'nobody waits', older: [], who: agent(), overtakes: false },
    {
      when: 'the older one does not fit the slot',
      older: [place({ channelId: 'call' })],
      who: agent({ maxLoad: 5, load: 3 }),
      overtakes: false,
    },
    {
      when: 'the older one is on a channel the agent does not work with',
      older: [place({ channelId: 'mail' })],
      who: agent({ channels: ['web'] }),
      overtakes: false,
    },
    {
      // One of them is enough, wherever it stands.
      when: 'only the last of the older ones could use it',
      older: [place({ channelId: 'video' }), place({ channelId: 'mail' }), place()],
      who: agent({ channels: ['web'] }),
      overtakes: true,
    },
    {
      when: 'the older one asks for a group that the agent is in',
      older: [place({ asked: LINE_1.id })],
      who: agent({ groups: [LINE_1] }),
      overtakes: true,
    },
    {
      when: 'the older one asks for a group that the agent is not in',
      older: [place({ asked: LINE_2.id })],
      who: agent({ groups: [LINE_1] }),
      overtakes: false,
    },
    {
      when: 'the older one asks for a group that is not there any more',
      older: [place({ asked: 'gone' })],
      who: agent(),
      overtakes: false,
    },
    {
      when: 'the older one goes on in the whole team',
      older: [place({ asked: '*' })],
      who: agent({ groups: [LINE_1] }),
      overtakes: true,
    },
  ])('$when: $overtakes', ({ older, who, overtakes }) => {
    expect(wouldOvertake(older, who, RULES)).toBe(overtakes);
  });

  const TEAM = agent({ id: 'ada', receptionWeight: 0 });
  test.each([
    // Its turn is to be offered, and that takes no slot.
    { when: 'the older one is offered to all', policy: 'all', overtakes: false },
    {
      when: 'the agent has no share, and the older one asks for it',
      policy: 'reception-weight',
      overtakes: false,
    },
    { when: 'the agent has no share, and nothing asks for it', policy: 'least-sessions', overtakes: true },
  ] as const)('$when: $overtakes', ({ policy, overtakes }) => {
    expect(wouldOvertake([place()], TEAM, lineRules({ policy }))).toBe(overtakes);
  });

  test.each([
    { when: 'the older one’s visitor was served by this agent', id: 'ada', given: {}, overtakes: true },
    {
      // The slot is hers by force, so it is none of a newcomer's.
      when: 'the older one’s visitor was served by this agent, who is full now',
      id: 'ada',
      given: { maxLoad: 0 },
      overtakes: true,
    },
    {
      when: 'it was served by this agent on another channel',
      id: 'ada',
      given: { channels: [] },
      overtakes: false,
    },
    { when: 'it was served by somebody else, who is not there', id: 'bo', given: {}, overtakes: true },
    {
      when: 'it was served by somebody else, and this one is full',
      id: 'bo',
      given: { maxLoad: 0 },
      overtakes: false,
    },
  ] as const)('$when: $overtakes', ({ id, given, overtakes }) => {
    const rules = lineRules({ ruleFor: ({ lastServedBy }) => rule({ original: lastServedBy }) });
    const older = [place({ lastServedBy: id })];
    expect(wouldOvertake(older, agent({ id: 'ada', ...given }), rules)).toBe(overtakes);
  });
});
