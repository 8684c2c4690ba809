import { expect, test } from '@jest/globals';
import { weightsOf } from '../../domain/channel.ts';
import { channel, channelId } from '../support/domain.ts';

test.each([
  { of: 'a channel with a weight', id: 'whatsapp', weight: 2 },
  { of: 'a channel without one set', id: 'web', weight: 1 },
  // The chat is still there and must still route.
  { of: 'a channel that was removed under its chat', id: 'fax', weight: 1 },
])('the weight of $of is $weight', ({ id, weight }) => {
  const weightOf = weightsOf([channel('web'), channel('whatsapp', 2)]);
  expect(weightOf(channelId(id))).toBe(weight);
});
