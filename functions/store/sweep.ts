import { decodeTime } from 'ulid';
import * as z from 'zod';
import type { AgentId, GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Table } from './client.ts';
import { SWEEP_LIST, SWEEP_QUEUED, SWEEP_TIMED, sweepTimedAt } from './keys.ts';
import { queryList } from './read.ts';

const edgeSort = z.string().regex(/^timed#\d+#[^#]+#[^#]+$/);
const sweepSort = z.string().regex(/^(line|group|offer|queue)#[^#]+#[^#]+$/);

/** An agent whose schedule begins or ends. */
export type Edge = { readonly projectId: ProjectId; readonly agentId: AgentId; readonly at: Instant };
export type EdgePage = { readonly edges: readonly Edge[]; readonly last: string | null };

const EDGES_PER_PAGE = 500;

/** Agents whose schedule's edge has come, the longest due first. The index is a little stale: look at the agent again. */
export async function findDueEdges(table: Table, now: Instant, after?: string): Promise<EdgePage> {
  const page = await queryList(table, SWEEP_LIST, {
    limit: EDGES_PER_PAGE,
    after: after ?? SWEEP_TIMED,
    before: sweepTimedAt((now + 1) as Instant),
  });
  const last = page.rows.at(-1)?.listSort;
  return {
    edges: page.rows.map(row => parseEdge(row.listSort)),
    last: page.more && typeof last === 'string' ? last : null,
  };
}

/** When the next schedule in the whole deployment begins or ends; null = none does. */
export async function findNextEdge(table: Table): Promise<Instant | null> {
  const page = await queryList(table, SWEEP_LIST, { limit: 1, after: SWEEP_TIMED });
  const [row] = page.rows;
  return row === undefined ? null : parseEdge(row.listSort).at;
}

function parseEdge(sort: unknown): Edge {
  const [, at, projectId, agentId] = edgeSort.parse(sort).split('#');
  return { at: Number(at) as Instant, projectId: projectId as ProjectId, agentId: agentId as AgentId };
}

/**
 * What the sweep found besides edges: a project with waiting chats and since when the oldest waits, one with offers that
 * nobody has accepted, one with chats queued for groups, or a group to finish.
 */
export type Finding =
  | { readonly kind: 'line'; readonly projectId: ProjectId; readonly oldestSince: Instant }
  | { readonly kind: 'offer'; readonly projectId: ProjectId }
  | { readonly kind: 'queue'; readonly projectId: ProjectId }
  | { readonly kind: 'group'; readonly projectId: ProjectId; readonly groupId: GroupId };

export type Work = { readonly findings: readonly Finding[]; readonly areEdgesDue: boolean };

/**
 * What the minute's sweep must look at, in the whole deployment. One query when there is nothing; each project with
 * waiting, offered or queued chats costs one more, however many they are.
 */
export async function findWork(table: Table, now: Instant): Promise<Work> {
  const findings: Finding[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queryList(table, SWEEP_LIST, { limit: 1, ...(after !== undefined && { after }) });
    const [row] = page.rows;
    if (row === undefined) return { findings, areEdgesDue: false };
    if (String(row.listSort).startsWith(SWEEP_TIMED)) {
      return { findings, areEdgesDue: parseEdge(row.listSort).at <= now };
    }
    const sort = sweepSort.parse(row.listSort);
    const [kind, projectId, id] = sort.split('#') as [Finding['kind'], ProjectId, string];
    if (kind === 'group') {
      findings.push({ kind, projectId, groupId: id as GroupId });
      after = sort;
      continue;
    }
    if (kind === 'offer' || kind === 'queue') findings.push({ kind, projectId });
    else findings.push({ kind, projectId, oldestSince: decodeTime(ulidOf(id)) as Instant });
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

function ulidOf(chatId: string): string {
  return chatId.slice('chat_'.length).toUpperCase();
}
