import type { Agent } from '../../domain/agent.ts';
import type { AgentId, Instant, ProjectId } from '../../domain/brands.ts';
import type { OpenChat } from '../../domain/chat.ts';
import { demandOf } from '../../domain/decide.ts';
import { ineligible } from '../../domain/eligibility.ts';
import { type Match, type Seeker, wouldOvertake } from '../../domain/line.ts';
import { missed, taken, without } from '../../domain/load.ts';
import { policyNamed } from '../../domain/policies.ts';
import { WHOLE_TEAM } from '../../domain/scope.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { readAgents, readRank } from '../store/agents.ts';
import { type AgentChange, type Change, saveChanges } from '../store/changes.ts';
import type { Write } from '../store/commit.ts';
import { readConfiguration } from '../store/configuration.ts';
import { moveCursor, type StoredCursor } from '../store/cursor.ts';
import { nothingSaidSince } from '../store/deadlines.ts';
import { readLine } from '../store/line.ts';
import type { Conversation } from '../store/messages.ts';
import { recordOf } from './decision.ts';
import { matchChats, type Setup, setUp } from './setup.ts';

/** An open chat whose visitor waits for an answer. */
export type Unanswered = Conversation & { readonly chat: OpenChat };

/** Which chats have another agent now, for which there is none, and which were changed by others meanwhile. */
export type Moved<One extends Unanswered> = {
  readonly moved: readonly One[];
  readonly stay: readonly One[];
  readonly overtaken: readonly One[];
};

/** `togetherMax`: so many at most in one transaction; the fewer, the less is in the way of one that others keep changing. */
type Order = { readonly since: Instant; readonly togetherMax: number };

/**
 * Seed 002, "Time for changing agent": each chat goes to another available agent where it was given out, by the rule that
 * holds for it, the slow one excluded, and the miss is counted. The team is read once for all of them, several are moved
 * in one transaction, and none takes room that a chat in the line could use. What was seen is checked in the write:
 * where a visitor, an agent or a chat changed meanwhile, none of that transaction is written.
 */
export async function changeAgents<One extends Unanswered>(
  context: Context,
  projectId: ProjectId,
  chats: readonly One[],
  { since, togetherMax }: Order,
): Promise<Moved<One>> {
  const { table } = context;
  const configuration = await readConfiguration(table, projectId);
  if (configuration === null) return { moved: [], stay: chats, overtaken: [] };
  const setup = setUp(configuration);
  const rank = await readRank(table, projectId, BOUNDS.rankHeadRows);
  const seekers = chats.map(({ chat }) => seekerOf(setup, chat));
  const { matching, roster } = await matchChats(context, setup, { rank, cursor: null }, seekers);
  // The line after the agents: whoever waited when they were read is seen.
  const line = await readLine(table, projectId, BOUNDS.lineBatchChatsMax);
  const isFree = ({ agent }: Match) =>
    line.places.length === 0 || !wouldOvertake(line.places, agent, setup.rules);
  const found = new Map(matching.matches.filter(isFree).map(match => [match.place.chatId, match]));
  const floor = await readFloor(context, projectId, chats, found);

  const moved: One[] = [];
  const overtaken: One[] = [];
  let { cursor } = roster;
  const seeking = chats.filter(({ chat }) => found.has(chat.id));
  for (let from = 0; from < seeking.length; ) {
    const batch = batchOf(context, setup, seeking.slice(from), found, floor, { since, togetherMax });
    from += batch.chats.length + batch.missed.length;
    overtaken.push(...batch.missed);
    if (batch.changes.length === 0) continue;
    const turn = cursorMove(context, projectId, cursor, batch.matches);
    const writes = [...batch.silence, ...(turn === null ? [] : [turn.write])];
    const saved = await saveChanges(table, projectId, batch.changes, batch.agents, writes);
    if (saved.outcome !== 'committed') {
      // What comes after was decided as if this had been written; it goes before what was in its way.
      overtaken.push(...seeking.slice(from), ...batch.chats);
      break;
    }
    moved.push(...batch.chats);
    cursor = turn?.now ?? cursor;
  }
  return { moved, stay: chats.filter(({ chat }) => !found.has(chat.id)), overtaken };
}

/**
 * The chat as the line would see it, searched where it was given out: in its group, if that is still there. A rule that
 * chooses nobody, `all`, has no second choice either: then as for transfers. Whoever served the visitor before is the one
 * it is to leave, or was left already.
 */
function seekerOf({ rules, groups }: Setup, { id, createdAt, agentId, ...chat }: OpenChat): Seeker {
  const isThere = groups.some(group => group.id === chat.groupId && group.spreading !== 'removal');
  const chooses = policyNamed(rules.ruleFor(chat).policy).ranking !== null;
  return {
    ...chat,
    chatId: id,
    asked: isThere ? chat.groupId : WHOLE_TEAM,
    handedOver: chat.handedOver || !chooses,
    lastServedBy: null,
    leaving: agentId,
    since: createdAt,
    attempts: 0,
    decided: true,
    explained: true,
  };
}

/** The agents as they stand in the table, and with what was moved since. */
type Floor = Map<AgentId, Agent>;

async function readFloor(
  { table }: Context,
  projectId: ProjectId,
  chats: readonly Unanswered[],
  found: ReadonlyMap<string, Match>,
): Promise<Floor> {
  const involved = chats.flatMap(({ chat }) => {
    const match = found.get(chat.id);
    return match === undefined ? [] : [chat.agentId, match.agent.id];
  });
  const agents = await readAgents(table, projectId, [...new Set(involved)]);
  return new Map(agents.map(agent => [agent.id, agent]));
}

type Batch<One> = {
  readonly chats: readonly One[];
  readonly matches: readonly Match[];
  readonly changes: readonly Change[];
  readonly agents: readonly AgentChange[];
  readonly silence: readonly Write[];
  /** Chats of which one of the two agents has changed since the team was read. */
  readonly missed: readonly One[];
};

/** As many of the moves, from the first on, as fit one transaction; the floor is as after them. */
function batchOf<One extends Unanswered>(
  context: Context,
  setup: Setup,
  seeking: readonly One[],
  found: ReadonlyMap<string, Match>,
  floor: Floor,
  { since, togetherMax }: Order,
): Batch<One> {
  const chats: One[] = [];
  const matches: Match[] = [];
  const changes: Change[] = [];
  const silence: Write[] = [];
  const missedOut: One[] = [];
  const before = new Map<AgentId, Agent>();
  for (const one of seeking) {
    const { chat, lastMessage } = one;
    const rows = (changes.length + 1) * ROWS_OF_A_MOVE + before.size + AGENTS_OF_A_MOVE + ROWS_OF_THE_TURN;
    if (rows > BOUNDS.transactionRowsMax || changes.length === togetherMax) break;
    const match = found.get(chat.id);
    const [slow, winner] = [floor.get(chat.agentId), match && floor.get(match.agent.id)];
    if (match === undefined || slow === undefined || winner === undefined || !isFit(setup, match, winner)) {
      missedOut.push(one);
      continue;
    }
    const decision = recordOf(context, match.verdict, {
      chatId: chat.id,
      trigger: 'change-agent',
      project: setup.project,
      attempts: 1,
      since,
    });
    const assignment = {
      agentId: winner.id,
      method: 'changed-agent' as const,
      reason: 'no-answer',
      forced: false,
      decisionId: decision.id,
      weight: match.weight,
    };
    // As of the look that found it: its next time ends with a look, and not a moment after one. What it is queued for it
    // stays queued for.
    const after = { ...assign(chat, assignment, since), transfer: chat.transfer };
    for (const agent of [slow, winner]) if (!before.has(agent.id)) before.set(agent.id, agent);
    floor.set(slow.id, missed(without(slow, chat)));
    floor.set(winner.id, taken(floor.get(winner.id) ?? winner, chat.id, match.weight));
    chats.push(one);
    matches.push(match);
    changes.push({ before: one, after, decision });
    if (lastMessage !== null) silence.push(nothingSaidSince(context.table, chat.projectId, lastMessage));
  }
  const agents = [...before.values()].flatMap(agent => {
    const now = floor.get(agent.id);
    if (now === undefined) return [];
    // Several moves of one write are one change of the row.
    const after = { ...now, version: agent.version + 1 };
    floor.set(agent.id, after);
    return [{ before: agent, after }];
  });
  return { chats, matches, changes, agents, silence, missed: missedOut };
}

/** The chat, its decision, and the check that nobody has written; the agent it leaves, and the one who gets it; the rotation. */
const ROWS_OF_A_MOVE = 3;
const AGENTS_OF_A_MOVE = 2;
const ROWS_OF_THE_TURN = 1;

function isFit({ rules }: Setup, { place, scope, weight }: Match, winner: Agent): boolean {
  const channel = { id: place.channelId, weight };
  const { leaving = null } = place;
  return ineligible(winner, demandOf({ rule: rules.ruleFor(place), scope, channel }, leaving)) === null;
}

/** Where the rotation goes with these moves; null = it stays. */
function cursorMove(
  { table }: Context,
  projectId: ProjectId,
  seen: StoredCursor | null,
  matches: readonly Match[],
): { readonly write: Write; readonly now: StoredCursor } | null {
  const to = matches.findLast(({ cursorAfter }) => cursorAfter !== undefined)?.cursorAfter;
  if (seen === null || to === undefined) return null;
  return {
    write: moveCursor(table, projectId, seen, to),
    now: { cursor: to, version: seen.version + 1 },
  };
}
