import { describe, expect, test } from '@jest/globals';
import { parseDay } from '../../local/demo/bank-day.ts';
import { deriveDay } from '../../local/demo/derive.ts';

const COLUMNS =
  'vru+line call_id customer_id priority type date vru_entry vru_exit vru_time q_start q_exit q_time outcome ser_start ser_exit ser_time server';

const SERVED_AT_ONCE = {
  'vru+line': 'AA0101',
  call_id: '1',
  customer_id: '0',
  priority: '0',
  type: 'PS',
  date: '990211',
  vru_entry: '9:00:00',
  vru_exit: '9:00:10',
  vru_time: '10',
  q_start: '0:00:00',
  q_exit: '0:00:00',
  q_time: '0',
  outcome: 'AGENT',
  ser_start: '9:00:09',
  ser_exit: '9:01:09',
  ser_time: '60',
  server: 'S05',
};
const GAVE_UP = {
  ...SERVED_AT_ONCE,
  outcome: 'HANG',
  q_start: '9:00:10',
  q_exit: '9:00:40',
  q_time: '30',
  ser_start: '0:00:00',
  ser_exit: '0:00:00',
  ser_time: '0',
  server: 'NO_SERVER',
};

function derived(...rows: readonly Record<string, string>[]) {
  const names = COLUMNS.split(' ');
  const lines = rows.map(row => names.map(name => row[name]).join('\t'));
  return parseDay(deriveDay([names.join('\t'), ...lines, ''].join('\n')));
}

describe('a recorded day is derived so that', () => {
  test.each([
    ['another date', { ...SERVED_AT_ONCE, date: '990210' }],
    ['a PHANTOM row', { ...SERVED_AT_ONCE, outcome: 'PHANTOM' }],
    ['a hang-up in the voice menu', { ...GAVE_UP, q_start: '0:00:00', q_time: '0' }],
    // The shift of the night before is not in the recording of this day.
    ['a call before opening', { ...SERVED_AT_ONCE, vru_entry: '0:00:35' }],
  ])('%s is left out', (_, row) => {
    expect(derived(row)).toEqual([]);
  });

  test.each([
    ['a call arrives when it leaves the voice menu', SERVED_AT_ONCE, { arrivalSecond: 9 * 3_600 + 10 }],
    [
      'a negative menu time still gives the exit',
      { ...SERVED_AT_ONCE, vru_time: '-20' },
      { arrivalSecond: 9 * 3_600 - 20 },
    ],
    [
      'an exit after midnight is not early',
      { ...SERVED_AT_ONCE, vru_entry: '23:59:55' },
      { arrivalSecond: 86_405 },
    ],
    ['a service of no length takes a second', { ...SERVED_AT_ONCE, ser_time: '0' }, { serviceSeconds: 1 }],
    [
      'a service without a named server counts',
      { ...SERVED_AT_ONCE, server: 'NO_SERVER' },
      { serviceSeconds: 60 },
    ],
    // `ser_exit` looks earlier than `ser_start` there; the duration field is right.
    [
      'a service across midnight keeps its length',
      { ...SERVED_AT_ONCE, ser_start: '23:59:30', ser_exit: '0:00:30' },
      { serviceSeconds: 60 },
    ],
    [
      'a caller who gave up has patience and no service',
      { ...GAVE_UP, ser_time: '7' },
      { serviceSeconds: null, patienceSeconds: 30 },
    ],
    // `0:00:00` is both midnight and "none"; the waiting time tells them apart.
    ['a queue entered at midnight is a queue', { ...GAVE_UP, q_start: '0:00:00' }, { patienceSeconds: 30 }],
  ])('%s', (_, row, expected) => {
    expect(derived(row)[0]).toMatchObject(expected);
  });

  test('it runs in order of arrival and numbers only callers who come again', () => {
    const at = (time: string, customer: string) => ({
      ...SERVED_AT_ONCE,
      vru_entry: time,
      customer_id: customer,
    });
    const calls = derived(
      at('9:30:00', 'C7'),
      at('9:00:00', 'C9'),
      at('9:10:00', 'C3'),
      at('9:20:00', 'C9'),
      at('9:40:00', 'C7'),
      at('9:50:00', '0'),
    );
    expect(calls.map(call => call.caller)).toEqual([1, null, 1, 2, 2, null]);
  });
});
