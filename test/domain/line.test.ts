import { describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import type { Place } from '../../domain/line.ts';
import { matchLine } from '../../domain/line.ts';
import type { PolicyName } from '../../domain/policies.ts';
import { agent, group, LINE_1, LINE_2, lineRules, place, rule } from '../support/domain.ts';
import { lineOf, rosterOf, said } from './matching.ts';

const WEIGHTS = { whatsapp: 2, video: 5 };
const RULES = lineRules({ weights: WEIGHTS });

function givenOut(line: readonly Place[], team: readonly Agent[], rules = RULES): string[] {
  return said(matchLine(line, rosterOf(team), rules));
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
    const { matches } = matchLine(
      lineOf('whatsapp', 'web'),
      rosterOf([agent({ id: 'ada', maxLoad: 5, version: 7 })]),
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
    const { matches } = matchLine(
      lineOf('web', 'web'),
      rosterOf([agent({ id: 'ada' }), agent({ id: 'bo' })]),
      RULES,
    );
    expect(matches[1]?.verdict).toMatchObject({
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
    const rules = lineRules({
      ruleFor: ({ returning }) => rule({ policy: returning ? 'member-order' : 'queue-position' }),
    });
    const team = [
      agent({ id: 'ada', memberOrder: 2, groups: [LINE_1] }),
      agent({ id: 'bo', memberOrder: 1, groups: [LINE_2] }),
    ];
    const line = [place({ returning: true }), place({ chatId: 'chat_2' })];
    expect(givenOut(line, team, rules)).toEqual(['chat_1 to bo', 'chat_2 to ada']);
  });

  test('and those left behind are named, in their order', () => {
    const line = lineOf('video', 'web', 'mail');
    const { left, stopped } = matchLine(
      line,
      rosterOf([agent({ channels: ['web', 'video'], maxLoad: 1 })]),
      RULES,
    );
    expect(left.map(one => one.chatId)).toEqual(['chat_1', 'chat_3']);
    expect(stopped).toBe(false);
  });
});

describe('of the waiting line', () => {
  test.each<{ so: string; policy: PolicyName; line: Place[]; team: Agent[]; expected: string[] }>([
    {
      so: 'a chat goes to the group it asks for',
      policy: 'group',
      line: [place({ asked: LINE_2.id }), place({ chatId: 'chat_2' })],
      team: [agent({ id: 'ada', groups: [LINE_1] }), agent({ id: 'bo', groups: [LINE_2] })],
      expected: ['chat_1 to bo', 'chat_2 to ada'],
    },
    {
      // It asked while there was a policy with groups; that is kept.
      so: 'a chat goes to the group it asked for also under a policy without groups',
      policy: 'queue-position',
      line: [place({ asked: LINE_2.id })],
      team: [agent({ id: 'ada', groups: [LINE_1] }), agent({ id: 'bo', groups: [LINE_2] })],
      expected: ['chat_1 to bo'],
    },
    {
      so: 'a chat whose group was removed goes to the whole team',
      policy: 'group',
      line: [place({ asked: '*' })],
      team: [agent({ id: 'ada' }), agent({ id: 'bo', groups: [LINE_1], openChats: 1 })],
      expected: ['chat_1 to ada'],
    },
    {
      so: 'a chat whose group is not there is left, and blocks nobody',
      policy: 'group',
      line: [place({ asked: 'gone' }), place({ chatId: 'chat_2' })],
      team: [agent({ id: 'ada', groups: [LINE_1] })],
      expected: ['chat_2 to ada'],
    },
    {
      so: 'chats that are offered to all are left: nobody is chosen for them',
      policy: 'all',
      line: lineOf('web', 'web'),
      team: [agent({ id: 'ada' })],
      expected: [],
    },
    {
      // What fits nobody of one group says nothing about another, whatever the group is called.
      so: 'a chat that fits nobody of a group called "null" does not speak for the one that asks for none',
      policy: 'group',
      line: [place({ asked: 'null' }), place({ chatId: 'chat_2' })],
      team: [agent({ id: 'ada', groups: [LINE_1] })],
      expected: ['chat_2 to ada'],
    },
  ])('$so', ({ policy, line, team, expected }) => {
    const rules = lineRules({ policy, groups: [LINE_1, LINE_2, group('null', 1)] });
    expect(givenOut(line, team, rules)).toEqual(expected);
  });

  const ASKING = lineRules({
    ruleFor: ({ lastServedBy }) => rule({ original: lastServedBy }),
    weights: WEIGHTS,
  });

  test('a returning visitor’s goes to the one who served it before, by force, whoever has room', () => {
    const ada = agent({ id: 'ada', status: 'rest', maxLoad: 1, load: 1, openChats: 1 });
    const roster = rosterOf([agent({ id: 'bo' })], { originals: [ada] });
    const { matches } = matchLine([place({ lastServedBy: 'ada' })], roster, ASKING);
    expect(matches).toMatchObject([{ agent: { id: 'ada', vacancy: 0 }, forced: true, weight: 1 }]);
  });

  test('what is forced on an agent takes the room of the chats behind it', () => {
    const ada = agent({ id: 'ada', maxLoad: 2 });
    const line = [place({ channelId: 'whatsapp', lastServedBy: 'ada' }), place({ chatId: 'chat_2' })];
    const { matches, left } = matchLine(line, rosterOf([ada], { originals: [ada] }), ASKING);
    expect(matches.map(match => [match.place.chatId, match.forced])).toEqual([['chat_1', true]]);
    expect(left.map(one => one.chatId)).toEqual(['chat_2']);
  });

  test('one that fits nobody does not speak for a returning visitor behind it', () => {
    const ada = agent({ id: 'ada', status: 'offline' });
    const line = [place(), place({ chatId: 'chat_2', lastServedBy: 'ada' })];
    expect(said(matchLine(line, rosterOf([], { originals: [ada] }), ASKING))).toEqual(['chat_2 to ada']);
  });

  test('each that takes a turn moves the rotation, and no other does', () => {
    const team = ['ada', 'bo'].map((id, i) => agent({ id, memberOrder: i + 1 }));
    const rules = lineRules({
      ruleFor: ({ lastServedBy }) => rule({ policy: 'member-order', original: lastServedBy }),
    });
    const line = [place(), place({ chatId: 'chat_2', lastServedBy: 'ada' }), place({ chatId: 'chat_3' })];
    const { matches } = matchLine(line, rosterOf(team, { originals: team }), rules);
    const turns = matches.map(({ agent: { id }, cursorAfter }) => [id, cursorAfter?.agentId]);
    expect(turns).toEqual([
      ['ada', 'ada'],
      ['ada', undefined],
      ['bo', 'bo'],
    ]);
  });
});
