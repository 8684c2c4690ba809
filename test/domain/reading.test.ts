import { describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import { matchLine } from '../../domain/line.ts';
import { agent, agentId, LINE_1, LINE_2, lineRules, place, rule } from '../support/domain.ts';
import { chosenLast } from './deciding.ts';
import { lineOf, rosterOf, said } from './matching.ts';

const WEIGHTS = { whatsapp: 2, video: 5 };
const RULES = lineRules({ weights: WEIGHTS });

/** The rest of the roster comes behind the last that was read. */
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
    const roster = rosterOf(read, { order: 'rank', edges: read.slice(-1) });
    const matching = matchLine(line, roster, RULES);
    expect(said(matching)).toEqual(expected);
    expect(matching.stopped).toBe(expected.length < line.length);
  });

  test('of month-priority only to those before the position of the last that was read', () => {
    const tally = { closedToday: 0, closedIn30Days: 0 };
    const first = agent({ id: 'ada', groups: [LINE_1], maxLoad: 1, tally });
    const edge = agent({ id: 'bo', groups: [LINE_2], tally });
    const roster = rosterOf([first, edge], { order: 'rank', edges: [edge] });
    const matching = matchLine(lineOf('web', 'web'), roster, lineRules({ policy: 'month-priority' }));
    expect(said(matching)).toEqual(['chat_1 to ada']);
    expect(matching.stopped).toBe(true);
  });

  test('of a rotation up to the last that was read, and not beyond it', () => {
    const team = ['ada', 'bo'].map((id, i) => agent({ id, memberOrder: i + 1 }));
    const roster = rosterOf(team, { order: 'rotation', edges: team.slice(-1) });
    const matching = matchLine(lineOf('web', 'web', 'web'), roster, lineRules({ policy: 'member-order' }));
    expect(said(matching)).toEqual(['chat_1 to ada', 'chat_2 to bo']);
    expect(matching.stopped).toBe(true);
  });

  test('of a rotation no further than a group has turned it: those between were not read', () => {
    const ada = agent({ id: 'ada', memberOrder: 1 });
    const member = agent({ id: 'cy', memberOrder: 3, groups: [LINE_2] });
    const roster = rosterOf([ada, member], { order: 'rotation', edges: [ada] });
    const line = [place({ asked: LINE_2.id }), place({ chatId: 'chat_2' })];
    const matching = matchLine(line, roster, lineRules({ policy: 'member-order' }));
    // The turn stands at Cy: whoever comes between Cy and Ada was not read.
    expect(said(matching)).toEqual(['chat_1 to cy']);
    expect(matching.stopped).toBe(true);
  });

  test('of a rotation from where it stands: who is before that comes last', () => {
    const [ada, bo] = ['ada', 'bo'].map((id, i) => agent({ id, memberOrder: i + 1 })) as [Agent, Agent];
    const roster = rosterOf([bo, ada], { order: 'rotation', edges: [bo], cursor: chosenLast(ada) });
    const matching = matchLine(lineOf('web', 'web'), roster, lineRules({ policy: 'member-order' }));
    expect(said(matching)).toEqual(['chat_1 to bo']);
  });

  test('of a group without regard to where the reading of the team ends', () => {
    const edge = agent({ id: 'ada' });
    const member = agent({ id: 'bo', groups: [LINE_1], openChats: 3 });
    const rules = lineRules({ policy: 'group' });
    const roster = rosterOf([edge, member], { order: 'rank', edges: [edge] });
    const matching = matchLine([place()], roster, rules);
    expect(said(matching)).toEqual(['chat_1 to bo']);
    // All of it was read, so that what settled it is known.
    expect(matching.matches[0]?.verdict.decidedBy).toBe('eligibility');
  });

  test('to the one who served a visitor before, wherever that one ranks', () => {
    const edge = agent({ id: 'bo' });
    const rules = lineRules({ ruleFor: () => rule({ original: agentId('zoe') }) });
    const roster = rosterOf([edge], {
      order: 'rank',
      edges: [edge],
      originals: [agent({ id: 'zoe', openChats: 4 })],
    });
    expect(said(matchLine([place({ lastServedBy: 'zoe' })], roster, rules))).toEqual(['chat_1 to zoe']);
  });
});
