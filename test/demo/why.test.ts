import { expect, test } from '@jest/globals';
import type { DecisionRecord } from '../../local/demo/answers.ts';
import { whyText } from '../../local/demo/why.ts';

type Step = DecisionRecord['steps'][number];

const scope: Step = { name: 'scope', rule: 'the team', in: 4, out: 4, excluded: [] };
const eligibility: Step = {
  name: 'eligibility',
  rule: 'is active, works with the channel, is online, has room',
  in: 4,
  out: 2,
  excluded: [
    { agentId: 'elm', why: 'no-room' },
    { agentId: 'oak', why: 'no-room' },
  ],
  excludedMore: 0,
};
const position: Step = { name: 'queue-position', rule: 'lowest queue position', in: 2, out: 1, excluded: [] };

test.each<[string, Step[], string]>([
  ['one agent there was', [{ ...scope, in: 1, out: 1 }], 'only ada could take it'],
  ['what ruled out the others', [scope, eligibility], 'available: 2 of 4 (2 no-room)'],
  [
    'each step that settled something',
    [scope, eligibility, position],
    'available: 2 of 4 (2 no-room), lowest queue position: 1 of 2',
  ],
  [
    'how many are not named',
    [{ ...eligibility, in: 9, excludedMore: 5 }],
    'available: 2 of 9 (2 no-room, 5 more)',
  ],
])('a decision is told by %s', (_, steps, text) => {
  const decision = { trigger: 'start', outcome: 'assigned', winner: 'ada', decidedBy: '', steps };
  expect(whyText(decision)).toBe(text);
});
