import type { Agent } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import { bySchedule, lapse } from '../../domain/status.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { watchLost } from '../allocate/watch-lost.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { openTurns, type Turns } from '../in-turn.ts';
import { readAgent, saveAgent } from '../store/agents.ts';
import { lookAgain, readPresence, saveLapsed } from '../store/presence.ts';
import { readProject } from '../store/projects.ts';
import { findDueTimers, type Timer } from '../store/sweep.ts';
import { lookForAnswer } from './answers.ts';

/**
 * Does what time alone brings and is due, in the whole deployment, and hands out what waits where somebody became
 * available. What was missed, because nothing ran at its time, is found as long as it is due; what counts then is how
 * things stand now. Whether all of it fitted its time; what did not stays due.
 */
export async function runDueTimers(context: Context, now: Instant): Promise<boolean> {
  const { table } = context;
  const deadlineMs = table.elapsedMs() + BOUNDS.timersBudgetMs;
  const freed = new Set<ProjectId>();
  const turns = openTurns();
  const failures: unknown[] = [];
  let isDone = true;
  for (let after: string | undefined; ; ) {
    const { timers, last } = await findDueTimers(table, now, after);
    await inParallel(timers, BOUNDS.claimsInParallel, async timer => {
      if (table.elapsedMs() > deadlineMs) isDone = false;
      if (!isDone) return;
      try {
        if (await run(context, timer, now, turns)) freed.add(timer.projectId);
      } catch (error) {
        failures.push(error);
      }
    });
    if (last === null || !isDone) break;
    after = last;
  }
  await inParallel([...freed], BOUNDS.claimsInParallel, projectId => searchAfter(context, projectId));
  if (failures.length > 0) throw new AggregateError(failures, 'some timers were not handled');
  return isDone;
}

/** Whether it may have made an agent available. */
function run(context: Context, timer: Timer, now: Instant, turns: Turns): Promise<boolean> {
  switch (timer.kind) {
    case 'edge':
      return switchAtEdge(context, timer, now);
    case 'presence':
      return endPresence(context, timer, now);
    case 'answer':
      return lookForAnswer(context, timer, now, turns);
  }
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
async function endPresence({ table }: Context, { projectId, id }: Timer, now: Instant): Promise<boolean> {
  const agentId = id as AgentId;
  for (let tries = 0; tries < BOUNDS.storeAttemptsMax; tries += 1) {
    const [presence, before, project] = await Promise.all([
      readPresence(table, projectId, agentId),
      readAgent(table, projectId, agentId),
      readProject(table, projectId),
    ]);
    if (presence === null || presence.listSort === null) return false;
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
