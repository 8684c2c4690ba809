import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, Instant } from '../../domain/brands.ts';
import type { Chat, WaitingChat } from '../../domain/chat.ts';
import type { Decision, Verdict } from '../../domain/decision.ts';
import { type Match, type Place, wouldOvertake } from '../../domain/line.ts';
import { groupOf, type Scope } from '../../domain/scope.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { offer } from '../../domain/verbs/offer.ts';
import { wait } from '../../domain/verbs/start.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import type { StoredToken } from '../store/chat-row.ts';
import type { Commit, Write } from '../store/commit.ts';
import { readConfiguration } from '../store/configuration.ts';
import { readLine } from '../store/line.ts';
import { writeOfferees } from '../store/offers.ts';
import { type CursorMove, claimNew, joinLine, lostTheAgent, offerNew } from '../store/start.ts';
import { recordOf } from './decision.ts';
import type { Heads } from './heads.ts';
import type { OpenRoster } from './roster.ts';
import { matchChats, type Setup, setUp } from './setup.ts';
import { openWholeScope } from './whole-scope.ts';

/** A chat as created, with what its decision depends on. */
export type NewChat = {
  readonly chat: WaitingChat;
  readonly token: StoredToken | null;
  readonly setup: Setup;
  /** The heads of line and rank index, read at the same time as the rest. */
  readonly heads: Heads;
  /** What is written with the chat, given the chat as it will be. */
  readonly alongside: (chat: Chat, chosen: Chosen) => readonly Write[];
};

/** Who has a chat, or may accept it. */
export type Chosen = { readonly agent: Candidate | null; readonly offerees: readonly AgentId[] };
const NOBODY: Chosen = { agent: null, offerees: [] };

/**
 * `settled`: it is assigned or offered. `waiting`: it joined the line; `isCrowded` says that others are after the same
 * agents. `busy`: the table had no capacity, nothing was written. `refused`: a write that goes along lost
 * its race.
 */
export type Allocation =
  | { readonly outcome: 'settled'; readonly chat: Chat; readonly chosen: Chosen }
  | { readonly outcome: 'waiting'; readonly chat: Chat; readonly isCrowded: boolean }
  | { readonly outcome: 'busy' | 'refused' };

/**
 * Gives a new chat to the first available agent, offers it, or lets it wait. One claim is tried; when it is lost, many
 * are after the same agent, and the chat joins the line, where one searcher serves all of them in order
 * (docs/decisions/0003-waiting-line.md).
 */
export async function allocate(context: Context, started: NewChat): Promise<Allocation> {
  const place = placeOf(started.chat);
  const { matching, roster } = await matchChats(context, started.setup, started.heads, [place]);
  const [match] = matching.matches;
  if (match === undefined) return withoutAgent(context, started, place);
  if (await isBehindOthers(context, started, match.agent, roster)) {
    return join(context, started, match.scope, null, 0);
  }
  return claim(context, started, match, roster);
}

/** The newcomer as the line would see it. */
function placeOf({ id, waitingSince, ...chat }: WaitingChat): Place {
  return { ...chat, chatId: id, since: waitingSince, attempts: 0, decided: false, explained: false };
}

/** An older waiting chat could use the slot: taking it would overtake. Behind a long line a newcomer simply joins. */
async function isBehindOthers(
  { table }: Context,
  { heads, setup }: NewChat,
  agent: Candidate,
  { isBeyondHead }: OpenRoster,
): Promise<boolean> {
  const { id: projectId } = setup.project;
  // The line is read after the agents, whoever of them it is that was read last.
  const { places, last } = isBeyondHead ? await readLine(table, projectId, BOUNDS.lineHeadRows) : heads.line;
  if (places.length === 0) return false;
  if (last !== null) return true;
  const whole = await readConfiguration(table, projectId);
  return whole === null || wouldOvertake(places, agent, setUp(whole).rules);
}

async function claim(
  context: Context,
  started: NewChat,
  match: Match,
  { cursor }: OpenRoster,
): Promise<Allocation> {
  const { setup, token } = started;
  const chosen: Chosen = { agent: match.agent, offerees: [] };
  const { agent, scope, verdict, weight, forced, cursorAfter } = match;
  const decision = recordFor(context, started, verdict, 1);
  const chat = assign(
    inScope(started.chat, scope),
    {
      agentId: agent.id,
      method: forced ? 'original-agent' : 'automatic',
      reason: null,
      forced,
      decisionId: decision.id,
      weight,
    },
    decision.at,
  );
  const move: CursorMove | null =
    cursorAfter === undefined || cursor === null ? null : { seen: cursor, to: cursorAfter };
  const claimed = await context.crowds.claims.alone(setup.project.id, () =>
    claimNew(
      context.table,
      { chat, token, firstDecision: decision },
      agent,
      move,
      started.alongside(chat, chosen),
    ),
  );
  if (claimed === null) return join(context, started, scope, null, 0);
  if (claimed.outcome === 'committed') return { outcome: 'settled', chat, chosen };
  if (claimed.outcome === 'throttled') return { outcome: 'busy' };
  if (claimed.outcome === 'refused' && !lostTheAgent(claimed.refusals, move)) return { outcome: 'refused' };
  return join(context, started, scope, null, 1);
}

/** Nobody can take it now: it is offered, or waits with the reason on record. */
async function withoutAgent(context: Context, started: NewChat, place: Place): Promise<Allocation> {
  const { verdict, scope, offerees } = await openWholeScope(context, started.setup)(place);
  // Somebody became available since the index was read: the chat is given out from the line at once.
  if (verdict.winner !== null) return join(context, started, scope, null, 0);
  const decision = recordFor(context, started, verdict, 0);
  if (verdict.outcome !== 'offered') return join(context, started, scope, decision, 0);

  const { table } = context;
  const chat = offer(started.chat, {
    id: decision.id,
    groupId: groupOf(scope),
    agents: offerees.length,
    at: decision.at,
  });
  const chosen: Chosen = { agent: null, offerees: offerees.map(({ id }) => id).sort() };
  await writeOfferees(table, chat.projectId, chat.id, chat.offer, chosen.offerees);
  const { token } = started;
  const offered = await offerNew(
    table,
    { chat, token, firstDecision: decision },
    started.alongside(chat, chosen),
  );
  return offered.outcome === 'committed' ? { outcome: 'settled', chat, chosen } : notWritten(offered);
}

async function join(
  context: Context,
  started: NewChat,
  scope: Scope,
  decision: Decision | null,
  attempts: number,
): Promise<Allocation> {
  const chat = wait(inScope(started.chat, scope));
  const { token } = started;
  const joined = await joinLine(
    context.table,
    { chat, token, firstDecision: decision },
    attempts,
    started.alongside(chat, NOBODY),
  );
  // Without a decision somebody was available, and it was another chat's turn or claim.
  if (joined.outcome === 'committed') return { outcome: 'waiting', chat, isCrowded: decision === null };
  return notWritten(joined);
}

function notWritten({ outcome }: Commit): Allocation {
  return { outcome: outcome === 'refused' ? 'refused' : 'busy' };
}

function inScope(chat: WaitingChat, scope: Scope): WaitingChat {
  return { ...chat, groupId: groupOf(scope) };
}

function recordFor(context: Context, started: NewChat, verdict: Verdict, attempts: number): Decision {
  const { chat, setup } = started;
  const since: Instant = chat.createdAt;
  return recordOf(context, verdict, {
    chatId: chat.id,
    trigger: 'start',
    project: setup.project,
    attempts,
    since,
  });
}
