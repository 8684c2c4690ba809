import type { Agent } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { bySchedule, lapse } from '../../domain/status.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { watchLost } from '../allocate/watch-lost.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { openTurns } from '../in-turn.ts';
import { readAgent, saveAgent } from '../store/agents.ts';
import type { Table } from '../store/client.ts';
import { isDueAt, lookAgain, readPresence, saveLapsed } from '../store/presence.ts';
import { readProject } from '../store/projects.ts';
import { findDueTimers, type Timer } from '../store/sweep.ts';
import { type DueMove, lookForAnswer, moveUnanswered } from './answers.ts';

/** How far it came, and what failed on the way: a timer that fails stays due and is in nobody's way. */
export type TimersRun = { readonly isDone: boolean; readonly failures: readonly unknown[] };

/**
 * Does what time alone brings and is due, in the whole deployment, and hands out what waits where somebody became
 * available. What was missed, because nothing ran at its time, is found as long as it is due; what counts then is how
 * things stand now. Agents first: an edge or a lapse is over in a moment, and decides who is there. Then who is silent is
 * closed, the line is searched for whoever became free, and only then chats are moved to those who still are. What did not
 * fit its time stays due.
 */
export async function runDueTimers(context: Context, now: Instant): Promise<TimersRun> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + BOUNDS.timersBudgetMs;
  const freed = new Set<ProjectId>();
  const failures: unknown[] = [];
  let isDone = true;
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (table.elapsedMs() > deadlineMs) isDone = false;
    else await work().catch(error => failures.push(error));
  };
  const searchForFreed = async () => {
    await inParallel([...freed], BOUNDS.claimsInParallel, projectId => searchAfter(context, projectId));
    freed.clear();
  };

  const due = await allDue(table, now);
  if (due.isCut) isDone = false;
  await inParallel(due.agents, BOUNDS.claimsInParallel, timer =>
    attempt(async () => {
      if (await runForAgent(context, timer, now)) freed.add(timer.projectId);
    }),
  );
  const moves: DueMove[] = [];
  const turns = openTurns();
  await inParallel(due.answers, BOUNDS.claimsInParallel, timer =>
    attempt(async () => {
      const { projectId } = timer;
      const looked = await lookForAnswer(context, timer, now, turns);
      if (looked === 'freed') freed.add(projectId);
      else if (looked !== 'nothing') moves.push(looked);
    }),
  );
  await searchForFreed();
  const inOrder = moves.toSorted((a, b) => a.due.at - b.due.at || (a.due.id < b.due.id ? -1 : 1));
  const byProject = Map.groupBy(inOrder, ({ due: { projectId } }) => projectId);
  await inParallel([...byProject], BOUNDS.claimsInParallel, ([projectId, ofProject]) =>
    attempt(async () => {
      const moved = await moveUnanswered(context, projectId, ofProject, now, deadlineMs);
      if (moved.isAnyMoved) freed.add(projectId);
      if (!moved.isDone) isDone = false;
    }),
  );
  await searchForFreed();
  return { isDone, failures };
}

/** The longest due first: all of agents, and of chats as many as one call takes. */
async function allDue(table: Table, now: Instant) {
  const agents: Timer[] = [];
  const answers: Timer[] = [];
  let isCut = false;
  for (let after: string | undefined; ; ) {
    const { timers, last } = await findDueTimers(table, now, after);
    for (const timer of timers) {
      if (timer.kind !== 'answer') agents.push(timer);
      else if (answers.length < BOUNDS.timersPerCallMax) answers.push(timer);
      else isCut = true;
    }
    if (last === null) return { agents, answers, isCut };
    after = last;
  }
}

/** Whether it may have made an agent available. */
function runForAgent(context: Context, timer: Timer, now: Instant): Promise<boolean> {
  return timer.kind === 'edge' ? switchAtEdge(context, timer, now) : endPresence(context, timer, now);
}

/** False, too, where the edge is no longer due, the agent or its schedule is gone, or others keep changing it: the next minute tries again. */
async function switchAtEdge(context: Context, { projectId, id }: Timer, now: Instant): Promise<boolean> {
  const { table } = context;
  const agentId = id as AgentId;
  for (let tries = 0; tries < BOUNDS.storeAttemptsMax; tries += 1) {
    const agent = await readAgent(table, projectId, agentId);
    if (agent === null || agent.schedule === null) return false;
    if (agent.nextEdgeAt === null || agent.nextEdgeAt > now) return false;
    const after: Agent = { ...bySchedule(agent, agent.schedule, now), version: agent.version + 1 };
    await watchLost(context, projectId, agent, after);
    if ((await saveAgent(table, projectId, after, agent.version)) === 'stale') continue;
    return after.status === 'online';
  }
  return false;
}

/** The heartbeats of an agent have stopped for as long as its project says: it goes offline. Its chats stay with it. */
async function endPresence({ table }: Context, { projectId, id, at }: Timer, now: Instant): Promise<boolean> {
  const agentId = id as AgentId;
  for (let tries = 0; tries < BOUNDS.storeAttemptsMax; tries += 1) {
    const [presence, before, project] = await Promise.all([
      readPresence(table, projectId, agentId),
      readAgent(table, projectId, agentId),
      readProject(table, projectId),
    ]);
    // A heartbeat after a return, by hand or by schedule, has begun another lease.
    if (presence === null || !isDueAt(presence, at, projectId, agentId)) return false;
    const timeoutSeconds = project?.settings.presenceTimeoutSeconds ?? 0;
    const endsAt = (presence.seenAt + timeoutSeconds * 1_000) as Instant;
    const isOver = before === null || before.status === 'offline';
    if (isOver || endsAt > now) {
      // The time may be made shorter meanwhile.
      const lookAt = Math.min(endsAt, now + BOUNDS.presenceLookMaxMs) as Instant;
      await lookAgain(table, projectId, agentId, presence, isOver ? null : lookAt);
      return false;
    }
    const after = { ...lapse(before, now), version: before.version + 1 };
    const saved = await saveLapsed(table, projectId, { before, after }, presence);
    if (saved.outcome === 'committed') return false;
  }
  return false;
}
