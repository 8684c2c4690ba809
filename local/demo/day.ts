import type { Bank } from './bank.ts';
import type { Call } from './bank-day.ts';
import type { Connection } from './connection.ts';
import { startDay } from './day-clock.ts';
import { type Due, OPENS_AT_SECOND, planOf } from './due.ts';
import { assignments } from './events.ts';
import { type Floor, floor } from './floor.ts';
import { arrive, becomeAssigned, changeStatus, endService, giveUp } from './happenings.ts';
import type { RunningDay, Watcher } from './running-day.ts';
import { serviceSecondsOf } from './service.ts';

/** Drives one recorded day: every call comes, is served and leaves at its own second of the laptop's clock. */
export async function runDay(
  connection: Connection,
  bank: Bank,
  calls: readonly Call[],
  watcher: Watcher,
): Promise<Floor> {
  const day: RunningDay = {
    connection,
    bank,
    watcher,
    clock: await startDay(connection, OPENS_AT_SECOND),
    due: planOf(calls),
    floor: floor(),
    serviceSecondsOf: serviceSecondsOf(calls),
    newlyAssigned: assignments(connection),
    tokens: new Map(),
  };
  for (let entry = day.due.next(); entry !== undefined; entry = day.due.next()) {
    await day.clock.advanceTo(entry.second);
    if (LOOK_BEFORE.has(entry.item.kind)) await noticeAssigned(day);
    await happen(day, entry.second, entry.item);
    if (LOOK_AFTER.has(entry.item.kind)) await noticeAssigned(day);
    watcher.tick(entry.second, day.floor);
  }
  return day.floor;
}

/** What makes room: whoever waited may have an agent after it. */
const LOOK_AFTER: ReadonlySet<Due['kind']> = new Set(['service-end', 'status']);
/** The search finds room by itself too, should it have to: nobody gives up who has been helped. */
const LOOK_BEFORE: ReadonlySet<Due['kind']> = new Set(['patience-end', 'full-hour']);

/** Waiting chats are given out by the search. While nobody waits there is nothing to notice. */
async function noticeAssigned(day: RunningDay): Promise<void> {
  if (day.floor.count('waiting') === 0) return;
  for (const { chatId, agentId, at } of await day.newlyAssigned()) {
    const chat = day.floor.chats.get(chatId);
    if (chat?.state === 'waiting') await becomeAssigned(day, chat, agentId, day.clock.secondOf(at));
  }
}

async function happen(day: RunningDay, second: number, due: Due): Promise<void> {
  switch (due.kind) {
    case 'status':
      return changeStatus(day, due.agentId, due.status);
    case 'arrival':
      return arrive(day, second, due.call);
    case 'service-end':
      return endService(day, due.chatId);
    case 'patience-end':
      return giveUp(day, second, due.chatId);
    case 'full-hour':
      return day.watcher.fullHour(second, day.floor);
  }
}
