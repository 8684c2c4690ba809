import { type Agenda, agenda } from './agenda.ts';
import type { Call } from './bank-day.ts';
import { statusChanges, TEAM } from './team.ts';

/** What is due at some second of the day. */
export type Due =
  | { readonly kind: 'status'; readonly agentId: string; readonly status: string }
  | { readonly kind: 'arrival'; readonly call: Call }
  | { readonly kind: 'service-end'; readonly chatId: string }
  | { readonly kind: 'patience-end'; readonly chatId: string }
  | { readonly kind: 'full-hour' };

const OPENS_AT_HOUR = 7;
const LAST_FULL_HOUR = 24;
export const OPENS_AT_SECOND = OPENS_AT_HOUR * 3_600;

/** What is known at the start of the day: shifts, arrivals, full hours. How chats end is added as they go. */
export function planOf(calls: readonly Call[]): Agenda<Due> {
  const due = agenda<Due>();
  for (const member of TEAM) {
    for (const { second, status } of statusChanges(member)) {
      due.add(second, { kind: 'status', agentId: member.id, status });
    }
  }
  for (let hour = OPENS_AT_HOUR + 1; hour <= LAST_FULL_HOUR; hour += 1) {
    due.add(hour * 3_600, { kind: 'full-hour' });
  }
  for (const call of calls) due.add(call.arrivalSecond, { kind: 'arrival', call });
  return due;
}
