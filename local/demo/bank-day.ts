import { readFileSync } from 'node:fs';

/** What a caller of the bank wanted, in the words of the recording. */
export const CALL_TYPES = ['PS', 'PE', 'NE', 'NW', 'IN', 'TT'] as const;
export type CallType = (typeof CALL_TYPES)[number];

/** One caller who asked for a person. Seconds of the day run from midnight. */
export type Call = {
  readonly arrivalSecond: number;
  readonly type: CallType;
  /** Null for those who gave up: they were never served. */
  readonly serviceSeconds: number | null;
  /** Null for those who were served: how long they would have waited is not known. */
  readonly patienceSeconds: number | null;
  /** Equal numbers are the same caller; null for those who called once or were not identified. */
  readonly caller: number | null;
};

export const COLUMNS = [
  'arrival_second',
  'type',
  'service_seconds',
  'patience_seconds',
  'same_caller',
] as const;

/** The recorded day that comes with the demo, earliest call first. */
export function bankDay(): readonly Call[] {
  return parseDay(readFileSync(new URL('./bank-day.tsv', import.meta.url), 'utf8'));
}

/** Reads the shipped form of a day. Throws, naming the line, on anything that is not of that form. */
export function parseDay(text: string): readonly Call[] {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const [header, ...rows] = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (header?.line !== COLUMNS.join('\t')) throw new Error(`not a recorded day: columns ${header?.line}`);
  return rows.map(({ line, number }) => parseCall(line, number));
}

const CALL = new RegExp(String.raw`^(\d+)\t(${CALL_TYPES.join('|')})\t(\d+|-)\t(\d+|-)\t(\d+|-)$`);

function parseCall(line: string, number: number): Call {
  const fields = CALL.exec(line);
  const type = CALL_TYPES.find(known => known === fields?.[2]);
  if (fields === null || type === undefined) throw new Error(`line ${number} is not a call: ${line}`);
  const call = {
    arrivalSecond: Number(fields[1]),
    type,
    serviceSeconds: countOrNone(fields[3]),
    patienceSeconds: countOrNone(fields[4]),
    caller: countOrNone(fields[5]),
  };
  if ((call.serviceSeconds === null) === (call.patienceSeconds === null)) {
    throw new Error(`line ${number} must be either served or given up: ${line}`);
  }
  return call;
}

/** A dash stands for none. */
function countOrNone(field: string | undefined): number | null {
  return field === undefined || field === '-' ? null : Number(field);
}
