import { describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import type { Place, Roster } from '../../domain/line.ts';
import { matchLine, positionOf, wouldOvertake } from '../../domain/line.ts';
import { agent, demand, LINE_1, LINE_2, lineRules, place } from '../support/domain.ts';

const RULES = lineRules({ whatsapp: 2, video: 5 });

/** A line of chats of these channels, oldest first: chat_1, chat_2, … */
function lineOf(...channels: string[]): Place[] {
  return channels.map((channelId, i) => place({ chatId: `chat_${i + 1}`, channelId }));
}

function whole(agents: readonly Agent[]): Roster {
  return { agents, complete: true };
}

function givenOut(line: readonly Place[], team: readonly Agent[], rules = RULES): string[] {
  return matchLine(line, whole(team), rules).map(match => `${match.place.chatId} to ${match.agent.id}`);
}

describe('the waiting line is given out', () => {
  test.each([
    {
      so: 'oldest first',
      line: lineOf('web', 'web', 'web'),
      team: [agent({ id: 'ada', maxLoad: 2 })],
      expected: ['chat_1 to ada', 'chat_2 to ada'],
    },
    {
      so: 'each chat by the rule for a new one, the claims before it counted',
      line: lineOf('web', 'web', 'web', 'web'),
      team: [agent({ id: 'bo' }), agent({ id: 'ada', openChats: 1 })],
      expected: ['chat_1 to bo', 'chat_2 to ada', 'chat_3 to bo', 'chat_4 to ada'],
    },
    {
      // 002, step 2 comes before step 3: Line 1 is filled before Line 2 gets its first.
      so: 'to the lowest queue position as long as there is room',
      line: lineOf('web', 'web', 'web'),
      team: [agent({ id: 'ada', groups: [LINE_2] }), agent({ id: 'bo', groups: [LINE_1], maxLoad: 2 })],
      expected: ['chat_1 to bo', 'chat_2 to bo', 'chat_3 to ada'],
    },
    {
      // The older chat weighs more than anybody has left; it keeps its place and holds up nobody.
      so: 'past a chat that fits nobody',
      line: lineOf('video', 'web', 'video', 'web'),
      team: [agent({ id: 'ada', maxLoad: 4 })],
      expected: ['chat_2 to ada', 'chat_4 to ada'],
    },
    {
      so: 'past a chat that fitted until the one before it took the room',
      line: lineOf('whatsapp', 'whatsapp', 'web'),
      team: [agent({ id: 'ada', maxLoad: 3 })],
      expected: ['chat_1 to ada', 'chat_3 to ada'],
    },
    {
      so: 'past a chat on a channel nobody works with',
      line: lineOf('mail', 'web'),
      team: [agent({ id: 'ada', channels: ['web'] })],
      expected: ['chat_2 to ada'],
    },
    {
      so: 'without end to an agent without limit',
      line: lineOf('web', 'video', 'web'),
      team: [agent({ id: 'ada', maxLoad: null })],
      expected: ['chat_1 to ada', 'chat_2 to ada', 'chat_3 to ada'],
    },
    {
      // The rank index may be a moment behind the card, so the roster is asked everything again.
      so: 'never to someone who is not available',
      line: lineOf('web'),
      team: [agent({ id: 'ada', status: 'busy' }), agent({ id: 'bo', maxLoad: 0 })],
      expected: [],
    },
    { so: 'to nobody when nobody is there', line: lineOf('web'), team: [], expected: [] },
    { so: 'not at all when it is empty', line: [], team: [agent()], expected: [] },
  ])('$so', ({ line, team, expected }) => {
    expect(givenOut(line, team)).toEqual(expected);
  });

  test('not while automatic allocation is off', () => {
    expect(givenOut(lineOf('web'), [agent()], { ...RULES, automaticAllocation: false })).toEqual([]);
  });

  test('with what each chat is charged and the agent as it was for this chat', () => {
    const matches = matchLine(
      lineOf('whatsapp', 'web'),
      whole([agent({ id: 'ada', maxLoad: 5, version: 7 })]),
      RULES,
    );
    expect(matches.map(match => match.weight)).toEqual([2, 1]);
    expect(
      matches.map(({ agent: { openChats, vacancy, version } }) => [openChats, vacancy, version]),
    ).toEqual([
      [0, 5, 7],
      [1, 3, 8],
    ]);
  });

  test('with a decision for each chat that tells the claims before it', () => {
    const [, second] = matchLine(
      lineOf('web', 'web'),
      whole([agent({ id: 'ada' }), agent({ id: 'bo' })]),
      RULES,
    );
    expect(second?.verdict).toMatchObject({
      outcome: 'assigned',
      winner: 'bo',
      decidedBy: 'open-chats',
      reading: 'rank-order',
      considered: [
        { agentId: 'bo', openChats: 0, vacancy: 5 },
        { agentId: 'ada', openChats: 1, vacancy: 4 },
      ],
    });
  });

  test('with the rule of each visitor', () => {
    const asked: boolean[] = [];
    const ruleFor = (returning: boolean) => {
      asked.push(returning);
      return RULES.ruleFor(returning);
    };
    matchLine([place({ returning: true }), place({ chatId: 'chat_2' })], whole([agent()]), {
      ...RULES,
      ruleFor,
    });
    expect(asked).toEqual([true, false]);
  });
});

/** The rest of the roster ranks behind the last that was read. */
describe('against the first of a roster the waiting line is given out', () => {
  const ada = agent({ id: 'ada', openChats: 0 });
  const bo = agent({ id: 'bo', openChats: 1 });

  test.each([
    {
      so: 'to those before the last that was read',
      line: lineOf('web'),
      read: [ada, bo],
      expected: ['chat_1 to ada'],
    },
    { so: 'to the last itself', line: lineOf('web'), read: [ada], expected: ['chat_1 to ada'] },
    {
      // After one chat Ada has as many as Bo, and comes before him still; after two she is behind him, and then
      // somebody who was not read may be the right one.
      so: 'as long as nobody behind could be meant',
      line: lineOf('web', 'web', 'web', 'web'),
      read: [ada, bo],
      expected: ['chat_1 to ada', 'chat_2 to ada', 'chat_3 to bo'],
    },
    {
      // Somebody behind may work with it, and the younger chat must not go first then.
      so: 'up to a chat that nobody who was read can take',
      line: lineOf('web', 'video', 'web'),
      read: [agent({ id: 'ada', maxLoad: 4 }), agent({ id: 'bo', openChats: 1, maxLoad: 4 })],
      expected: ['chat_1 to ada'],
    },
  ])('$so', ({ line, read, expected }) => {
    const matches = matchLine(line, { agents: read, complete: false }, RULES);
    expect(matches.map(match => `${match.place.chatId} to ${match.agent.id}`)).toEqual(expected);
  });
});

/** "A new chat may not take a slot that an older waiting chat could have used." */
describe('a new chat would overtake', () => {
  test.each([
    { when: 'an older one could use the slot', older: [demand()], who: agent(), overtakes: true },
    { when: 'nobody waits', older: [], who: agent(), overtakes: false },
    {
      when: 'the older one does not fit the slot',
      older: [demand({ weight: 3 })],
      who: agent({ maxLoad: 5, load: 3 }),
      overtakes: false,
    },
    {
      when: 'the older one is on a channel the agent does not work with',
      older: [demand({ channelId: 'mail' })],
      who: agent({ channels: ['web'] }),
      overtakes: false,
    },
    {
      // One of them is enough, wherever it stands.
      when: 'only the last of the older ones could use it',
      older: [demand({ weight: 9 }), demand({ channelId: 'mail' }), demand()],
      who: agent({ channels: ['web'] }),
      overtakes: true,
    },
  ])('$when: $overtakes', ({ older, who, overtakes }) => {
    expect(wouldOvertake(older, who)).toBe(overtakes);
  });
});

/** The contract: "1 = next; counts the older waiting chats that could go to one of the same agents". */
describe('the position a visitor is told', () => {
  const own = place({ channelId: 'web' });

  test.each([
    { when: 'nobody is before it', older: [], team: [agent()], position: 1 },
    { when: 'two of its channel are', older: lineOf('web', 'web'), team: [agent()], position: 3 },
    {
      when: 'one of another channel shares an agent with it',
      older: lineOf('mail'),
      team: [agent({ id: 'ada', channels: ['web'] }), agent({ id: 'bo', channels: ['mail', 'web'] })],
      position: 2,
    },
    {
      when: 'an agent on all channels is shared by all',
      older: lineOf('mail', 'video'),
      team: [agent({ channels: null })],
      position: 3,
    },
    {
      when: 'one of another channel goes to other agents',
      older: lineOf('mail', 'web', 'mail'),
      team: [agent({ id: 'ada', channels: ['web'] }), agent({ id: 'bo', channels: ['mail'] })],
      position: 2,
    },
    {
      // Who could take it decides, not who can at the moment.
      when: 'the shared agent is away and full',
      older: lineOf('mail'),
      team: [agent({ status: 'offline', maxLoad: 1, load: 1 })],
      position: 2,
    },
    {
      when: 'the shared agent has left',
      older: lineOf('mail'),
      team: [agent({ active: false })],
      position: 1,
    },
    {
      // Chats of one channel go to the same agents by nature, so this needs no team.
      when: 'its channel has nobody',
      older: lineOf('web'),
      team: [],
      position: 2,
    },
  ])('$when: $position', ({ older, team, position }) => {
    expect(positionOf(own, older, team)).toBe(position);
  });
});
