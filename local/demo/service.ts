import { CALL_TYPES, type Call, type CallType } from './bank-day.ts';
import { percentile } from './percentile.ts';

/** How long a call takes to serve. Who gave up was never served: the median of the type stands in. */
export function serviceSecondsOf(calls: readonly Call[]): (call: Call) => number {
  const medians = new Map<CallType, number>(CALL_TYPES.map(type => [type, medianOf(calls, type)]));
  return call => call.serviceSeconds ?? medians.get(call.type) ?? 1;
}

function medianOf(calls: readonly Call[], type: CallType): number {
  const served = calls.flatMap(call => (call.type === type ? (call.serviceSeconds ?? []) : []));
  return percentile(served, 50) ?? 1;
}
