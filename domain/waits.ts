import type { Instant } from './brands.ts';
import type { Assignment, Chat } from './chat.ts';
import { isSameReach, type Reach, reachKey } from './line.ts';
import { WHOLE_TEAM } from './scope.ts';

/** How long a chat waited for its first agent, and what its visitor had been told. */
export type Wait = {
  /** The line it waited in; null = in none, or it was passed on since and does not say any more. */
  readonly line: Reach | null;
  /** When it began to wait; null = it never stood in line: an agent began it, or a bot had it first. */
  readonly since: Instant | null;
  /** When an agent had it first. */
  readonly at: Instant;
  /** The estimate its visitor was given when it began to wait; null = none. */
  readonly toldSeconds: number | null;
};

/** The wait of a chat that an agent has had; null = none has. */
export function waitOf(chat: Chat): Wait | null {
  const [first] = chat.assignments;
  if (first === undefined) return null;
  const { createdAt, toldWaitSeconds: toldSeconds } = chat;
  if (!ENDS_A_WAIT[first.method] || chat.handedOver) {
    return { line: null, since: null, at: first.at, toldSeconds };
  }
  return { line: lineOf(chat), since: createdAt, at: first.at, toldSeconds };
}

/** Whether a chat whose first agent came to it like this has waited since it began: a bot's was not waiting till then. */
const ENDS_A_WAIT: Readonly<Record<Assignment['method'], boolean>> = {
  automatic: true,
  'original-agent': true,
  accepted: true,
  'agent-initiated': false,
  transfer: false,
  'changed-agent': false,
  'distributed-by-chatbot': false,
  'distributed-by-operator': false,
};

/** A transfer changes a chat's scope, a change of agent does not. What it asks for by name it has asked for all along. */
function lineOf({ channelId, groupId, asked, assignments }: Chat): Reach | null {
  const isWhereItWaited = assignments.slice(1).every(({ method }) => method === 'changed-agent');
  if (isWhereItWaited) return { channelId, groupId };
  if (asked === null) return null;
  return { channelId, groupId: asked === WHOLE_TEAM ? null : asked };
}

export const WAITS_KEPT_MS = 3_600_000;

/** Those of the last hour. */
export function recentWaits(waits: readonly Wait[], now: Instant): readonly Wait[] {
  return waits.filter(({ at }) => isRecent(at, now));
}

function isRecent(at: Instant, now: Instant): boolean {
  return at > now - WAITS_KEPT_MS;
}

/** How fast a line moves. */
export type Pace = Reach & {
  /** From one chat to the next, where that one stood behind it by then. */
  readonly turns: number;
  readonly meanTurnMs: number;
  /** When its last chat had an agent. */
  readonly movedAt: Instant;
};

/** Fewer say nothing about how it goes. */
const TURNS_MIN = 3;
const SECOND_MS = 1_000;

/** How fast each line moved in the last hour while somebody stood in it, the busiest first; lines that moved too seldom say nothing. */
export function pacesOf(waits: readonly Wait[], now: Instant): readonly Pace[] {
  const inLine = recentWaits(waits, now).flatMap(({ line, since, at }) =>
    line !== null && since !== null && at - since >= SECOND_MS ? [{ line, since, at }] : [],
  );
  return [...Map.groupBy(inLine, ({ line }) => reachKey(line)).values()]
    .flatMap(alike => paceOf(alike.toSorted((a, b) => a.at - b.at)) ?? [])
    .toSorted((a, b) => b.turns - a.turns || b.movedAt - a.movedAt);
}

/** Of one line, in the order of `at`. */
function paceOf(
  alike: readonly { readonly line: Reach; readonly since: Instant; readonly at: Instant }[],
): Pace | null {
  const turns = alike.flatMap(({ at, since }, index) => {
    const before = alike[index - 1];
    return before !== undefined && since <= before.at ? [at - before.at] : [];
  });
  const last = alike.at(-1);
  if (last === undefined || turns.length < TURNS_MIN) return null;
  return { ...last.line, turns: turns.length, meanTurnMs: Math.round(mean(turns)), movedAt: last.at };
}

/** The paces of a project's lines as they were known at that moment. */
export type Paces = { readonly at: Instant; readonly paces: readonly Pace[] };

/**
 * How long a waiting chat is still going to wait: from how fast the line of chats like it, of one channel and scope, moves,
 * and how many of them are before it. `older` is the line before it, of any kind. Null: it moved too seldom in the last hour
 * to say anything.
 */
export function estimateSeconds(
  known: Paces,
  chat: Reach & { readonly waitingSince: Instant },
  older: readonly (Reach & { readonly since: Instant })[],
  now: Instant,
): number | null {
  const pace = known.paces.find(one => isSameReach(one, chat));
  if (pace === undefined || !isRecent(pace.movedAt, now)) return null;
  const { turns, meanTurnMs, movedAt } = pace;
  const ahead = older.filter(place => isSameReach(place, chat));
  const hasStoodSince = [chat.waitingSince, ...ahead.map(({ since }) => since)].some(
    since => since <= movedAt,
  );
  // A line that stands longer than it used to take for a turn has become slower by that.
  const stoodMs = known.at - movedAt;
  const isSlower = hasStoodSince && stoodMs > meanTurnMs;
  const turnMs = isSlower ? (turns * meanTurnMs + stoodMs) / (turns + 1) : meanTurnMs;
  return Math.max(1, Math.round(((ahead.length + 1) * turnMs) / SECOND_MS));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value below which so many of the values lie; `share` in [0, 1]. Null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

export type WaitFigures = {
  /** First assignments. */
  readonly lastMinute: number;
  readonly lastHour: number;
  /** From the start of a chat to its first agent, in seconds, of those that stood in line. */
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  /** What was told against what came true: how many, and by how much the half and nearly all of them were out, in seconds. */
  readonly told: number;
  readonly errorP50Seconds: number | null;
  readonly errorP95Seconds: number | null;
};

export function figuresOf(waits: readonly Wait[], now: Instant): WaitFigures {
  const recent = recentWaits(waits, now);
  const inLine = recent.flatMap(({ at, since, toldSeconds }) =>
    since === null ? [] : [{ seconds: Math.round((at - since) / SECOND_MS), toldSeconds }],
  );
  const waited = inLine.map(({ seconds }) => seconds);
  const errors = inLine.flatMap(({ seconds, toldSeconds }) =>
    toldSeconds === null ? [] : [Math.abs(seconds - toldSeconds)],
  );
  return {
    lastMinute: recent.filter(({ at }) => at > now - 60_000).length,
    lastHour: recent.length,
    p50Seconds: percentile(waited, 0.5),
    p95Seconds: percentile(waited, 0.95),
    told: errors.length,
    errorP50Seconds: percentile(errors, 0.5),
    errorP95Seconds: percentile(errors, 0.95),
  };
}
