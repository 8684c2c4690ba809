import type { Agent } from '../../domain/agent.ts';
import type { AgentId, ChatId, GroupId } from '../../domain/brands.ts';
import { type Place, wouldOvertake } from '../../domain/line.ts';
import { asksTally } from '../../domain/policies.ts';
import { groupOf, type Scope } from '../../domain/scope.ts';
import { withTallies } from '../allocate/roster.ts';
import type { Setup } from '../allocate/setup.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readAgents, readMembers, readTeam } from '../store/agents.ts';
import type { AgentChange } from '../store/changes.ts';
import { readLine } from '../store/line.ts';
import type { Transferring } from './take-in.ts';

/** The rule for all that is handed over to a group. */
export const HANDED_OVER = { returning: false, lastServedBy: null, handedOver: true } as const;

/**
 * The agents that a run has to do with, each read once: those of the groups its chats go to, and those the chats come
 * from. Each as it stands in the table and as it is after the run's own moves.
 */
export type Floor = {
  /** Reads the members of groups that are not on the floor yet; all of the team for a group that is gone. */
  readonly readGroups: (ids: readonly GroupId[]) => Promise<void>;
  /** Reads whom the chats come from and go to, as far as they are not on the floor yet. */
  readonly readFor: (chats: readonly Transferring[]) => Promise<void>;
  readonly scopeOf: (groupId: GroupId) => Scope;
  /** Whether a chat that waits longer could use the agent's room: then it is not this one's to take. */
  readonly isPromised: (agent: Agent, chatId: ChatId) => boolean;
  readonly inScope: (scope: Scope) => readonly Agent[];
  readonly now: (id: AgentId) => Agent | undefined;
  /** The agent is this now, by a move that is still to be written. */
  readonly move: (agent: Agent) => void;
  /** How many agents the moves since the last settling touch. */
  readonly touches: () => number;
  /** What those moves come to. */
  readonly moved: () => readonly AgentChange[];
  /** The moves were written, or not: then those are what the table holds. */
  readonly settle: (how: 'written' | 'undone') => void;
  /** Others changed an agent: this is what the table holds now. Undefined = it is gone. */
  readonly learn: (id: AgentId, agent: Agent | undefined) => void;
};

export function openFloor(context: Context, setup: Setup): Floor {
  const { table } = context;
  const { rules, project } = setup;
  const asks = asksTally(rules.ruleFor(HANDED_OVER).policy);
  const there = new Set(setup.groups.filter(one => one.spreading !== 'removal').map(one => one.id));
  const read = new Set<GroupId | null>();
  const stored = new Map<AgentId, Agent>();
  const present = new Map<AgentId, Agent>();
  const touched = new Set<AgentId>();
  let line: readonly Place[] = [];

  const scopeOf = (groupId: GroupId): Scope =>
    there.has(groupId) ? { kind: 'group', groupId } : { kind: 'team' };

  async function arrive(agents: readonly Agent[]): Promise<void> {
    const fresh = agents.filter(({ id }) => !stored.has(id));
    for (const agent of fresh) stored.set(agent.id, agent);
    const asked = asks ? await withTallies(context, setup, fresh) : fresh;
    const tallies = new Map(asked.map(({ id, tally }) => [id, tally]));
    for (const agent of fresh) present.set(agent.id, { ...agent, tally: tallies.get(agent.id) ?? null });
  }

  async function readGroups(ids: readonly GroupId[]): Promise<void> {
    const scopes = new Set(ids.map(id => groupOf(scopeOf(id))));
    const missing = [...scopes].filter(id => !read.has(id));
    const found = await Promise.all(
      missing.map(id => (id === null ? readTeam(table, project.id) : readMembers(table, project.id, id))),
    );
    for (const id of missing) read.add(id);
    await arrive(found.flat());
  }

  return {
    readGroups,
    async readFor(chats) {
      await readGroups(chats.map(({ to }) => to.groupId));
      const holders = chats.flatMap(({ before: { chat } }) => (chat.state === 'open' ? [chat.agentId] : []));
      const missing = [...new Set(holders)].filter(id => !stored.has(id));
      // The line after the agents of the groups: whoever waited when they were read is seen.
      const [others, { places }] = await Promise.all([
        missing.length === 0 ? [] : readAgents(table, project.id, missing),
        readLine(table, project.id, BOUNDS.lineBatchChatsMax),
      ]);
      await arrive(others);
      line = places;
    },
    scopeOf,
    isPromised(agent, chatId) {
      const older = line.filter(place => place.chatId < chatId);
      return older.length > 0 && wouldOvertake(older, agent, rules);
    },
    inScope(scope) {
      const groupId = groupOf(scope);
      const agents = [...present.values()];
      return groupId === null ? agents : agents.filter(agent => agent.groups.includes(groupId));
    },
    now: id => present.get(id),
    move(agent) {
      present.set(agent.id, agent);
      touched.add(agent.id);
    },
    touches: () => touched.size,
    moved: () =>
      [...touched].flatMap(id => {
        const before = stored.get(id);
        const after = present.get(id);
        // Several moves of one write are one change of the row.
        return before && after ? [{ before, after: { ...after, version: before.version + 1 } }] : [];
      }),
    settle(how) {
      for (const id of touched) {
        const before = stored.get(id);
        const after = present.get(id);
        if (before === undefined || after === undefined) continue;
        if (how === 'undone') {
          present.set(id, { ...before, tally: after.tally });
          continue;
        }
        const written = { ...after, version: before.version + 1 };
        present.set(id, written);
        stored.set(id, written);
      }
      touched.clear();
    },
    learn(id, agent) {
      if (agent === undefined) {
        present.delete(id);
        stored.delete(id);
        return;
      }
      stored.set(id, agent);
      present.set(id, { ...agent, tally: present.get(id)?.tally ?? null });
    },
  };
}
