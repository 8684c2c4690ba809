import type { ChannelId, GroupId, Instant } from './brands.ts';
import type { Chat } from './chat.ts';
import { isSameReach } from './line.ts';

/** How long a chat waited for its first agent, and what its visitor had been told. */
export type Wait = {
  readonly channelId: ChannelId;
  readonly groupId: GroupId | null;
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
  const { channelId, groupId, createdAt, toldWaitSeconds: toldSeconds } = chat;
  const isFromLine = first.method !== 'agent-initiated' && !chat.handedOver;
  return { channelId, groupId, since: isFromLine ? createdAt : null, at: first.at, toldSeconds };
}

export const WAITS_KEPT_MS = 3_600_000;

/** Those of the last hour. */
export function recentWaits(waits: readonly Wait[], now: Instant): readonly Wait[] {
  return waits.filter(({ at }) => at > now - WAITS_KEPT_MS);
}

/** Fewer say nothing about how it goes. */
const TURNS_MIN = 3;
const SECOND_MS = 1_000;

/**
 * How long a waiting chat is still going to wait: from how fast the line of chats like it, of one channel and scope, moved
 * in the last hour while somebody stood in it, and how many of them are before it. `older` is the line before it, of any
 * kind. Null: it moved too seldom to say anything.
 */
export function estimateSeconds(
  waits: readonly Wait[],
  chat: Standing & { readonly createdAt: Instant },
  older: readonly (Standing & { readonly since: Instant })[],
  now: Instant,
): number | null {
  const alike = recentWaits(waits, now)
    .filter(wait => isSameReach(wait, chat))
    .flatMap(({ at, since }) => (since !== null && at - since >= SECOND_MS ? [{ at, since }] : []))
    .toSorted((a, b) => a.at - b.at);
  // From one chat to the next, where that one stood behind it by then.
  const turns = alike.flatMap(({ at, since }, index) => {
    const before = alike[index - 1];
    return before !== undefined && since <= before.at ? [at - before.at] : [];
  });
  if (turns.length < TURNS_MIN) return null;
  const ahead = older.filter(place => isSameReach(place, chat));
  const last = alike.at(-1)?.at ?? now;
  const hasStoodSince = [chat.createdAt, ...ahead.map(({ since }) => since)].some(since => since <= last);
  // A line that stands longer than it used to take for a turn has become slower by that.
  if (hasStoodSince && now - last > mean(turns)) turns.push(now - last);
  return Math.max(1, Math.round(((ahead.length + 1) * mean(turns)) / SECOND_MS));
}

type Standing = { readonly channelId: ChannelId; readonly groupId: GroupId | null };

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
  /** From the start of a chat to its first agent, in seconds. */
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
