import { readFileSync } from 'node:fs';
import { CALL_TYPES, COLUMNS } from './bank-day.ts';

/**
 * How `bank-day.tsv` was made from the recording; README.md beside it says what each rule is for.
 *
 *     node local/demo/derive.ts <recording.tsv> > local/demo/bank-day.tsv
 */
const DATE = '990211';
const OPENS_AT_SECOND = 7 * 3_600;

const ACKNOWLEDGEMENT = [
  '# Anonymous Bank call-centre data, Technion, by I. Guedj and A. Mandelbaum: Thursday 11 February 1999.',
  '# Derived by derive.ts; README.md says how. Times are seconds since midnight, durations are seconds.',
];

type Row = Readonly<Record<string, string>>;

/** The callers of one day who asked for a person, in the shipped form. */
export function deriveDay(recording: string, date = DATE): string {
  const rows = parseRecording(recording).filter(row => row.date === date && asksForPerson(row));
  const inOrder = rows
    .filter(row => arrivalSecond(row) >= OPENS_AT_SECOND)
    .sort((a, b) => arrivalSecond(a) - arrivalSecond(b));
  const numberOf = sameCallers(inOrder);
  const lines = inOrder.map(row => {
    const served = row.outcome === 'AGENT';
    return [
      arrivalSecond(row),
      row.type,
      served ? Math.max(1, Number(row.ser_time)) : '-',
      served ? '-' : Number(row.q_time),
      numberOf.get(row.customer_id ?? '') ?? '-',
    ].join('\t');
  });
  return `${[...ACKNOWLEDGEMENT, COLUMNS.join('\t'), ...lines].join('\n')}\n`;
}

function parseRecording(recording: string): Row[] {
  const [header = '', ...lines] = recording.split(/\r?\n/).filter(line => line !== '');
  const names = header.split('\t');
  return lines.map(line => {
    const fields = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}

/** Served, or gave up in the queue; not those who hung up in the voice menu. `0:00:00` is also "never queued". */
function asksForPerson(row: Row): boolean {
  if (!CALL_TYPES.some(type => type === row.type)) return false;
  if (row.outcome === 'AGENT') return true;
  return row.outcome === 'HANG' && (row.q_start !== '0:00:00' || Number(row.q_time) > 0);
}

/**
 * When the caller leaves the voice menu for a person. Entry plus duration, since the clock fields carry no date
 * (an exit after midnight looks earlier), and it gives the exit also where the recorded duration is negative.
 */
function arrivalSecond(row: Row): number {
  const [hours = 0, minutes = 0, seconds = 0] = (row.vru_entry ?? '').split(':').map(Number);
  return hours * 3_600 + minutes * 60 + seconds + Number(row.vru_time);
}

/** Numbers only those who called more than once, by first appearance: a number says "the same again", nothing else. */
function sameCallers(rows: readonly Row[]): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  for (const { customer_id: id = '0' } of rows) if (id !== '0') calls.set(id, (calls.get(id) ?? 0) + 1);
  const again = [...calls].filter(([, count]) => count > 1);
  return new Map(again.map(([id], index) => [id, index + 1]));
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) {
    console.error('usage: node local/demo/derive.ts <recording.tsv> > local/demo/bank-day.tsv');
    process.exit(2);
  }
  process.stdout.write(deriveDay(readFileSync(path, 'utf8')));
}
