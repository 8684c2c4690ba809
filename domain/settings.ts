import type { Instant } from './brands.ts';
import type { Rules } from './rule.ts';

/** What operators set for a project (API.md, Settings). Durations and limits carry their unit; 0 = off or not set. */
export type Settings = Rules & {
  readonly timeZone: string;
  readonly automaticAllocation: boolean;
  readonly acceptWithinLimit: boolean;
  readonly transferRequiresOnline: boolean;
  readonly distribution: { readonly frequencySeconds: number; readonly quantity: number };
  readonly changeAgentMinutes: number;
  readonly changeAgentMaxMoves: number;
  readonly closeAfterLastMessageMinutes: number;
  readonly presenceTimeoutSeconds: number;
};

/** A new project's settings. */
export function defaultSettings(timeZone: string): Settings {
  return {
    timeZone,
    automaticAllocation: true,
    newVisitors: { policy: 'queue-position', onNobody: null },
    returningVisitors: null,
    acceptWithinLimit: false,
    transferRequiresOnline: false,
    distribution: { frequencySeconds: 0, quantity: 0 },
    changeAgentMinutes: 0,
    changeAgentMaxMoves: 3,
    closeAfterLastMessageMinutes: 0,
    presenceTimeoutSeconds: 90,
  };
}

export type SystemSettings = {
  readonly routingFrequencySeconds: number;
  readonly routingQueueSize: number;
};

/** Seed 002, "Priority Logic": if system settings are not specified, 5 seconds and 15 chats. */
const FREQUENCY_SECONDS_DEFAULT = 5;
const QUANTITY_CHATS_DEFAULT = 15;

export type Sourced = { readonly value: number; readonly source: 'project' | 'system' | 'default' };

/** How often the job runs and how many chats it takes; the two resolve independently (seed 002, "Priority Logic"). */
export function effectiveDistribution(
  project: Settings['distribution'],
  system: SystemSettings,
): { frequencySeconds: Sourced; quantity: Sourced } {
  return {
    frequencySeconds: firstSet(
      project.frequencySeconds,
      system.routingFrequencySeconds,
      FREQUENCY_SECONDS_DEFAULT,
    ),
    quantity: firstSet(project.quantity, system.routingQueueSize, QUANTITY_CHATS_DEFAULT),
  };
}

/** The moments at which the job runs in (from, until]: multiples of its frequency since the epoch, so that any fits. */
export function runTimes(frequencySeconds: number, from: Instant, until: Instant): readonly Instant[] {
  const everyMs = frequencySeconds * 1_000;
  const times: Instant[] = [];
  for (let at = (Math.floor(from / everyMs) + 1) * everyMs; at <= until; at += everyMs)
    times.push(at as Instant);
  return times;
}

function firstSet(project: number, system: number, byDefault: number): Sourced {
  if (project > 0) return { value: project, source: 'project' };
  if (system > 0) return { value: system, source: 'system' };
  return { value: byDefault, source: 'default' };
}
