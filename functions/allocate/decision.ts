import type { ChatId, Instant } from '../../domain/brands.ts';
import type { RecordLimits } from '../../domain/decide.ts';
import type { Decision, Trigger, Verdict } from '../../domain/decision.ts';
import type { Project } from '../../domain/project.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';

export const RECORD_LIMITS: RecordLimits = {
  consideredMax: BOUNDS.recordedAgentsMax,
  exclusionsMax: BOUNDS.recordedExclusionsMax,
};

type Circumstances = {
  readonly chatId: ChatId;
  readonly trigger: Trigger;
  readonly project: Project;
  readonly attempts: number;
  /** When the work on it began. */
  readonly since: Instant;
};

/** The record of a decision: the verdict with its circumstances. */
export function recordOf(
  context: Context,
  verdict: Verdict,
  { chatId, trigger, project, attempts, since }: Circumstances,
): Decision {
  const at = context.now();
  return {
    ...verdict,
    id: context.newId.decision(at),
    chatId,
    at,
    trigger,
    settingsVersion: project.settingsVersion,
    attempts,
    tookMs: Math.max(0, at - since),
  };
}
