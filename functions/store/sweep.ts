import * as z from 'zod';
import type { ChatId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import { createdAtOf } from './chat-id.ts';
import type { Table } from './client.ts';
import { SWEEP_LIST, SWEEP_QUEUED, SWEEP_TIMED, sweepTimedAt, TIMER_KINDS, type TimerKind } from './keys.ts';
import { queryList } from './read.ts';

const timerSort = z.string().regex(/^timed#\d+#[^#]+#[^#]+#[^#]+$/);
const sweepSort = z.string().regex(/^(answers|line|group|offer|queue)#[^#]+#[^#]+$/);

/** Something that time alone brings: the edge of an agent's schedule, the end of its presence, an answer that did not come in a chat. */
export type Timer = {
  readonly kind: TimerKind;
  readonly projectId: ProjectId;
  /** Of the agent or, for an answer, of the chat. */
  readonly id: string;
  readonly at: Instant;
};
export type TimerPage = { readonly timers: readonly Timer[]; readonly last: string | null };

const TIMERS_PER_PAGE = 500;

/** What is due, the longest due first. The index is a little stale: look at the row again. */
export async function findDueTimers(table: Table, now: Instant, after?: string): Promise<TimerPage> {
  const page = await queryList(table, SWEEP_LIST, {
    limit: TIMERS_PER_PAGE,
    after: after ?? SWEEP_TIMED,
    before: sweepTimedAt((now + 1) as Instant),
  });
  const last = page.rows.at(-1)?.listSort;
  return {
    timers: page.rows.map(row => parseTimer(row.listSort)),
    last: page.more && typeof last === 'string' ? last : null,
  };
}

/** When the next thing is due in the whole deployment; null = nothing will be. */
export async function findNextTimer(table: Table): Promise<Instant | null> {
  const page = await queryList(table, SWEEP_LIST, { limit: 1, after: SWEEP_TIMED });
  const [row] = page.rows;
  return row === undefined ? null : parseTimer(row.listSort).at;
}

function parseTimer(sort: unknown): Timer {
  const [, at, kind, projectId, id] = timerSort.parse(sort).split('#');
  return {
    kind: z.enum(TIMER_KINDS).parse(kind),
    at: Number(at) as Instant,
    projectId: projectId as ProjectId,
    id: String(id),
  };
}

/**
 * What the sweep found besides timers: a project with waiting chats and since when the oldest waits, one with offers that
 * nobody has accepted, one with chats queued for groups, one whose time-outs were changed, or a group to finish.
 */
export type Finding =
  | { readonly kind: 'line'; readonly projectId: ProjectId; readonly oldestSince: Instant }
  | { readonly kind: 'offer'; readonly projectId: ProjectId }
  | { readonly kind: 'queue'; readonly projectId: ProjectId }
  | { readonly kind: 'answers'; readonly projectId: ProjectId }
  | { readonly kind: 'group'; readonly projectId: ProjectId; readonly groupId: GroupId };

export type Work = { readonly findings: readonly Finding[]; readonly isTimerDue: boolean };

/**
 * What the minute's sweep must look at, in the whole deployment. One query when there is nothing; each project with
 * waiting, offered or queued chats costs one more, however many they are.
 */
export async function findWork(table: Table, now: Instant): Promise<Work> {
  const findings: Finding[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queryList(table, SWEEP_LIST, { limit: 1, ...(after !== undefined && { after }) });
    const [row] = page.rows;
    if (row === undefined) return { findings, isTimerDue: false };
    if (String(row.listSort).startsWith(SWEEP_TIMED)) {
      return { findings, isTimerDue: parseTimer(row.listSort).at <= now };
    }
    const sort = sweepSort.parse(row.listSort);
    const [kind, projectId, id] = sort.split('#') as [Finding['kind'], ProjectId, string];
    if (kind === 'group') {
      findings.push({ kind, projectId, groupId: id as GroupId });
      after = sort;
      continue;
    }
    if (kind === 'offer' || kind === 'queue' || kind === 'answers') findings.push({ kind, projectId });
    else findings.push({ kind, projectId, oldestSince: createdAtOf(id as ChatId) });
    // Skips the rest of this project's.
    after = `${kind}#${projectId}#~`;
  }
}

/** The projects with chats queued for groups that a run could decide about. One query when there is none. */
export async function findQueues(table: Table): Promise<readonly ProjectId[]> {
  const projects: ProjectId[] = [];
  for (let after = SWEEP_QUEUED; ; ) {
    const page = await queryList(table, SWEEP_LIST, { limit: 1, after, before: `${SWEEP_QUEUED}~` });
    const [row] = page.rows;
    if (row === undefined) return projects;
    const [, projectId] = sweepSort.parse(row.listSort).split('#') as [string, ProjectId];
    projects.push(projectId);
    after = `${SWEEP_QUEUED}${projectId}#~`;
  }
}
