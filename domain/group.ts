import type { GroupId } from './brands.ts';

/** A set of agents. A lower `queuePosition` is served first (seed 002, "Queue position"). */
export type Group = {
  readonly id: GroupId;
  readonly name: string;
  readonly queuePosition: number;
};

/** The position of an agent that is in no group: it comes last. Above every position that can be set. */
export const NO_QUEUE_POSITION = 999_999;

/** An agent's queue position is the lowest among the groups it is in. */
export function queuePositionOf(groups: readonly Pick<Group, 'queuePosition'>[]): number {
  return Math.min(NO_QUEUE_POSITION, ...groups.map(group => group.queuePosition));
}
