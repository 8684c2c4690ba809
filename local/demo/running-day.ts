import type { Agenda } from './agenda.ts';
import type { Bank } from './bank.ts';
import type { Call } from './bank-day.ts';
import type { Connection } from './connection.ts';
import type { DayClock } from './day-clock.ts';
import type { Due } from './due.ts';
import type { Assigned } from './events.ts';
import type { Floor, Followed } from './floor.ts';

/** Who looks on while the day goes by. Seconds are those of the day. */
export type Watcher = {
  readonly assigned: (second: number, chat: Followed, waitedSeconds: number) => Promise<void>;
  readonly gaveUp: (second: number, chat: Followed) => void;
  readonly cameBack: (second: number, chat: Followed) => void;
  readonly fullHour: (second: number, floor: Floor) => Promise<void>;
  readonly tick: (second: number, floor: Floor) => void;
};

/** All that the happenings of a day share. */
export type RunningDay = {
  readonly connection: Connection;
  readonly bank: Bank;
  readonly clock: DayClock;
  readonly due: Agenda<Due>;
  readonly floor: Floor;
  readonly watcher: Watcher;
  readonly serviceSecondsOf: (call: Call) => number;
  /** Who has got which chat since it was last asked. */
  readonly newlyAssigned: () => Promise<readonly Assigned[]>;
  /** The latest visitor token of each caller that is known to call again. */
  readonly tokens: Map<number, string>;
};
