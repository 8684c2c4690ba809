import type { Close, PastCloses } from '../../domain/closes.ts';

/**
 * Closes as bytes, because an agent's row is read for every decision and has to stay small. What cannot have been
 * written by this file is refused with a RangeError.
 */
const CLOSE_BYTES = 4;

/** The low byte of a close: how many quarters the chat lived. This many or more was created on no day still counted. */
const AGE_QUARTERS_MAX = 255;

/** Seven bits a byte: enough for the quarters until the year 9600 and for any count. */
const NUMBER_BYTES_MAX = 4;

/** Four bytes a close: when it was closed, which fits 24 bits until the year 2448, and the age of the chat. */
export function packCloses(recent: readonly Close[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(recent.length * CLOSE_BYTES));
  for (const [i, { createdQuarter, closedQuarter }] of recent.entries()) {
    const ageQuarters = Math.min(Math.max(closedQuarter - createdQuarter, 0), AGE_QUARTERS_MAX);
    view.setUint32(i * CLOSE_BYTES, closedQuarter * (AGE_QUARTERS_MAX + 1) + ageQuarters);
  }
  return new Uint8Array(view.buffer);
}

/** As packed; a chat that had lived for days comes back younger, and still too old to be of today. */
export function unpackCloses(bytes: Uint8Array): Close[] {
  if (bytes.length % CLOSE_BYTES !== 0) throw new RangeError('the bytes of a close are missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / CLOSE_BYTES }, (_, i) => {
    const number = view.getUint32(i * CLOSE_BYTES);
    const closedQuarter = Math.floor(number / (AGE_QUARTERS_MAX + 1));
    return { closedQuarter, createdQuarter: closedQuarter - (number % (AGE_QUARTERS_MAX + 1)) };
  });
}

/**
 * Quarter after quarter its count, the ones without a close as 0 and how many there are of them; 0 and 0 ends a
 * list. So a quarter costs a byte and a night three, and a busy month is about one kilobyte.
 */
export function packPast({ closed, created }: PastCloses): Uint8Array {
  return Uint8Array.from([...listed(closed), ...listed(created)].flatMap(bytesOf));
}

export function unpackPast(bytes: Uint8Array): PastCloses {
  const numbers = numbersIn(bytes).reverse();
  const past = { closed: unlisted(numbers), created: unlisted(numbers) };
  if (numbers.length > 0) throw new RangeError('bytes behind the past closes');
  return past;
}

function listed(counts: ReadonlyMap<number, number>): number[] {
  const numbers: number[] = [];
  let next = 0;
  for (const [quarter, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (quarter > next) numbers.push(0, quarter - next);
    numbers.push(count);
    next = quarter + 1;
  }
  return [...numbers, 0, 0];
}

/** Takes one list from the end of the numbers, which run backwards. */
function unlisted(numbers: number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  let quarter = 0;
  for (;;) {
    const count = taken(numbers);
    if (count > 0) {
      counts.set(quarter, count);
      quarter += 1;
    } else {
      const without = taken(numbers);
      if (without === 0) return counts;
      quarter += without;
    }
  }
}

/** Lowest seven bits first; the eighth says that more follow. */
function bytesOf(number: number): number[] {
  if (number >= 2 ** (7 * NUMBER_BYTES_MAX)) throw new RangeError(`${number} is too large to be packed`);
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...bytesOf(number >> 7)];
}

function numbersIn(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let number = 0;
  let bits = 0;
  for (const byte of bytes) {
    if (bits === 7 * NUMBER_BYTES_MAX) throw new RangeError('a number of the past closes is too long');
    number |= (byte & 0x7f) << bits;
    bits += 7;
    if ((byte & 0x80) !== 0) continue;
    numbers.push(number);
    number = 0;
    bits = 0;
  }
  if (bits > 0) throw new RangeError('a number of the past closes breaks off');
  return numbers;
}

function taken(numbers: number[]): number {
  const number = numbers.pop();
  if (number === undefined) throw new RangeError('the past closes break off');
  return number;
}
