import { describe, expect, test } from '@jest/globals';
import { NO_QUEUE_POSITION, queuePositionOf } from '../../domain/group.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { group, LINE_1, LINE_2, LINE_3 } from '../support/domain.ts';

describe("an agent's queue position", () => {
  test.each([
    { groups: [LINE_2], position: 2 },
    { groups: [LINE_3, LINE_1, LINE_2], position: 1 },
    { groups: [group('vip', 0), LINE_1], position: 0 },
    // In no group is last, not first.
    { groups: [], position: NO_QUEUE_POSITION },
  ])('is the lowest of its $groups.length groups: $position', ({ groups, position }) => {
    expect(queuePositionOf(groups)).toBe(position);
  });

  test('is behind every position that can be set when it is in no group', () => {
    expect(NO_QUEUE_POSITION).toBeGreaterThan(BOUNDS.queuePositionMax);
  });
});
