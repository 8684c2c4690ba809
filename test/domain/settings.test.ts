import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { defaultSettings, effectiveDistribution, runTimes } from '../../domain/settings.ts';

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

/** "Run times are multiples of the frequency since the epoch, so any frequency works" */
describe('the runs of a minute', () => {
  const seconds = (frequency: number, from: number, until: number) =>
    runTimes(frequency, (from * 1_000) as Instant, (until * 1_000) as Instant).map(at => at / 1_000);

  test.each([
    { frequency: 5, from: 0, until: 60, runs: [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60] },
    { frequency: 5, from: 42, until: 60, runs: [45, 50, 55, 60] },
    // The one that is due now was armed before.
    { frequency: 30, from: 30, until: 60, runs: [60] },
    // Does not divide 60: the distance stays the same from one minute to the next.
    { frequency: 7, from: 0, until: 60, runs: [7, 14, 21, 28, 35, 42, 49, 56] },
    { frequency: 7, from: 60, until: 120, runs: [63, 70, 77, 84, 91, 98, 105, 112, 119] },
    // Above 60: some minutes have none.
    { frequency: 90, from: 0, until: 60, runs: [] },
    { frequency: 90, from: 60, until: 120, runs: [90] },
    { frequency: 90, from: 120, until: 180, runs: [180] },
    { frequency: 86_400, from: 86_340, until: 86_400, runs: [86_400] },
  ])('every $frequency s in ($from, $until]: $runs', ({ frequency, from, until, runs }) => {
    expect(seconds(frequency, from, until)).toEqual(runs);
  });

  test('pieced together from minutes are those of an hour in one', () => {
    for (const frequency of [1, 5, 7, 11, 59, 60, 61, 90, 3_600]) {
      const pieces = Array.from({ length: 60 }, (_, minute) =>
        seconds(frequency, minute * 60, (minute + 1) * 60),
      );
      expect(pieces.flat()).toEqual(seconds(frequency, 0, 3_600));
    }
  });
});
