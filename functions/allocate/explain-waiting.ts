import type { Agent } from '../../domain/agent.ts';
import { decide } from '../../domain/decide.ts';
import type { LineRules, Place } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readTeam } from '../store/agents.ts';
import { recordWaiting } from '../store/line.ts';
import { RECORD_LIMITS, recordOf } from './decision.ts';

/**
 * Puts on record why chats wait that joined the line without a decision, because another chat's claim or turn came
 * first. The team is read once for all of them.
 */
export async function explainWaiting(
  context: Context,
  project: Project,
  rules: LineRules,
  places: readonly Place[],
): Promise<void> {
  const undecided = places.filter(place => !place.decided);
  if (undecided.length === 0) return;
  const since = context.now();
  const team = await readTeam(context.table, project.id);
  await inParallel(undecided, BOUNDS.claimsInParallel, async place => {
    const verdict = verdictOn(place, team, rules);
    // Somebody has become available: the event of it searches the line.
    if (verdict.winner !== null) return;
    const { chatId, attempts } = place;
    const circumstances = { chatId, trigger: 'search' as const, project, attempts, since };
    await recordWaiting(context.table, project.id, recordOf(context, verdict, circumstances));
  });
}

function verdictOn(place: Place, candidates: readonly Agent[], rules: LineRules) {
  return decide({
    policy: rules.ruleFor(place.returning).policy,
    automaticAllocation: rules.automaticAllocation,
    demand: { channelId: place.channelId, weight: rules.weightOf(place.channelId) },
    candidates,
    reading: 'whole-team',
    complete: true,
    limits: RECORD_LIMITS,
  });
}
