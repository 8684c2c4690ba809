import { describe, expect, test } from '@jest/globals';
import { defaultSettings, effectiveDistribution } from '../../domain/settings.ts';

test("a new project's settings are those of the contract", () => {
  expect(defaultSettings('Europe/Berlin')).toEqual({
    timeZone: 'Europe/Berlin',
    automaticAllocation: true,
    newVisitors: { policy: 'queue-position', onNobody: null },
    returningVisitors: null,
    acceptWithinLimit: false,
    transferRequiresOnline: false,
    distribution: { frequencySeconds: 0, quantity: 0 },
    changeAgentMinutes: 0,
    changeAgentMaxMoves: 3,
    closeAfterLastMessageMinutes: 0,
    presenceTimeoutSeconds: 90,
  });
});

describe('002, Priority Logic', () => {
  /** 0 = not filled in, not specified. */
  const FREQUENCY = [
    { says: 'the field is filled in', project: 7, system: 0, gives: { value: 7, source: 'project' } },
    // "these values are used": also over a system setting.
    { says: 'field and system setting', project: 7, system: 30, gives: { value: 7, source: 'project' } },
    { says: '> 0: 1 is filled in', project: 1, system: 30, gives: { value: 1, source: 'project' } },
    { says: 'refers to system settings', project: 0, system: 30, gives: { value: 30, source: 'system' } },
    { says: 'not specified: 5 seconds', project: 0, system: 0, gives: { value: 5, source: 'default' } },
  ];
  const QUANTITY = [
    { says: 'the field is filled in', project: 3, system: 0, gives: { value: 3, source: 'project' } },
    { says: 'field and system setting', project: 3, system: 40, gives: { value: 3, source: 'project' } },
    { says: '> 0: 1 is specified', project: 0, system: 1, gives: { value: 1, source: 'system' } },
    { says: 'refers to system settings', project: 0, system: 40, gives: { value: 40, source: 'system' } },
    { says: 'not specified: 15 chats', project: 0, system: 0, gives: { value: 15, source: 'default' } },
  ];
  // 2.1: "the system setting will be used only for the empty one": every pair, each resolved by itself.
  const PAIRS = FREQUENCY.flatMap(frequency => QUANTITY.map(quantity => ({ frequency, quantity })));

  test.each(PAIRS)('frequency: $frequency.says; quantity: $quantity.says', ({ frequency, quantity }) => {
    const effective = effectiveDistribution(
      { frequencySeconds: frequency.project, quantity: quantity.project },
      { routingFrequencySeconds: frequency.system, routingQueueSize: quantity.system },
    );
    expect(effective).toEqual({ frequencySeconds: frequency.gives, quantity: quantity.gives });
  });
});
