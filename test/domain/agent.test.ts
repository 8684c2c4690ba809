import { describe, expect, test } from '@jest/globals';
import { canTakeSomething, MAX_LOAD_DEFAULT, RECEPTION_WEIGHT_DEFAULT } from '../../domain/agent.ts';
import { agent } from '../support/domain.ts';

test('a new agent has the limit 5 and the share 1 of the contract', () => {
  expect([MAX_LOAD_DEFAULT, RECEPTION_WEIGHT_DEFAULT]).toEqual([5, 1]);
});

describe('an agent could take something', () => {
  test.each([
    { who: 'online with room for the lightest chat', given: { maxLoad: 3, load: 2 }, can: true },
    { who: 'online without limit', given: { maxLoad: null }, can: true },
    // The rank index is asked before the channel is known, so the channel plays no part here.
    { who: 'online on no channel at all', given: { channels: [] }, can: true },
    { who: 'full', given: { maxLoad: 3, load: 3 }, can: false },
    { who: 'over its limit', given: { maxLoad: 3, load: 4 }, can: false },
    { who: 'busy', given: { status: 'busy' }, can: false },
    { who: 'inactive', given: { active: false }, can: false },
  ] as const)('$who: $can', ({ given, can }) => {
    expect(canTakeSomething(agent(given))).toBe(can);
  });
});
