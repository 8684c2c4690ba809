import type { Bank } from './bank.ts';
import type { Connection } from './connection.ts';
import { channelOf, type Floor } from './floor.ts';
import { type LoadDiffers, loadDiffers } from './recount/load-differs.ts';
import { readDecisions, readLoad } from './recount/standing.ts';
import type { Watcher } from './running-day.ts';
import type { Show } from './show.ts';
import { duration, timeOfDay } from './time.ts';
import { whyText } from './why.ts';

/** How often an hour each kind of thing is told as a line of its own; on a terminal the bar shows all of them. */
const TOLD_PER_HOUR = { 'at once': 1, 'after a wait': 1, 'gave up': 1, 'came back': 1 } as const;
type Kind = keyof typeof TOLD_PER_HOUR;

/** Seconds of wait from which somebody can be said to have waited. */
const WAITED_FROM_SECONDS = 1;

export type Commentary = Watcher & {
  /** What the recounts at the full hours found; empty when every agent's load was the sum of its chats. */
  readonly differences: () => readonly LoadDiffers[];
  readonly recounts: () => number;
};

/** Tells the day as it goes by: samples of what went where and why, and how things stand at every full hour. */
export function commentary(connection: Connection, bank: Bank, show: Show, calls: number): Commentary {
  const told = new Map<Kind, number>();
  const differences: LoadDiffers[] = [];
  let recounts = 0;
  let latest = '';
  const isToTell = (kind: Kind) => {
    told.set(kind, (told.get(kind) ?? 0) + 1);
    return (told.get(kind) ?? 0) <= TOLD_PER_HOUR[kind];
  };
  return {
    differences: () => differences,
    recounts: () => recounts,
    async assigned(second, chat, waitedSeconds) {
      const waited = waitedSeconds >= WAITED_FROM_SECONDS;
      latest = `${channelOf(chat.call)} → ${chat.agentId}`;
      if (!isToTell(waited ? 'after a wait' : 'at once')) return;
      const decision = (await readDecisions(connection, bank, chat.chatId)).at(-1);
      const when = waited ? `after ${duration(waitedSeconds)}` : 'at once';
      show.line(row(second, latest, `${when}; ${decision === undefined ? '' : whyText(decision)}`));
    },
    gaveUp(second, { call }) {
      if (!isToTell('gave up')) return;
      show.line(row(second, channelOf(call), `gave up after ${duration(call.patienceSeconds ?? 0)}`));
    },
    cameBack(second, chat) {
      if (!isToTell('came back')) return;
      show.line(
        row(second, channelOf(chat.call), `the same visitor again; gets the chat back that is ${chat.state}`),
      );
    },
    async fullHour(second, floor) {
      told.clear();
      const { chats, agents } = await readLoad(connection, bank);
      const found = loadDiffers(chats, agents);
      differences.push(...found);
      recounts += 1;
      show.line(hourText(second, floor, found.length));
    },
    tick(second, floor) {
      const { arrived, gaveUp } = floor.totals();
      const now = `open ${floor.count('open')}, waiting ${floor.count('waiting')}, gave up ${gaveUp}`;
      show.progress(arrived / calls, `${timeOfDay(second)}  ${now}  ${latest}`);
    },
  };
}

function row(second: number, what: string, text: string): string {
  return `  ${timeOfDay(second)}  ${what.padEnd(24)} ${text}`;
}

function hourText(second: number, floor: Floor, differences: number): string {
  const { arrived, gaveUp } = floor.totals();
  const load = differences === 0 ? 'every load is the sum of its chats' : `${differences} LOADS DIFFER`;
  const now = `${floor.count('open')} open, ${floor.count('waiting')} waiting`;
  return `${timeOfDay(second).slice(0, 5)}  ${arrived} came, ${now}, ${gaveUp} gave up so far; ${load}`;
}
