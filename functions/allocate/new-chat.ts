import type { Candidate } from '../../domain/agent.ts';
import { type Channel, weightsOf } from '../../domain/channel.ts';
import type { Chat, WaitingChat } from '../../domain/chat.ts';
import { decide } from '../../domain/decide.ts';
import type { Verdict } from '../../domain/decision.ts';
import { wouldOvertake } from '../../domain/line.ts';
import type { Project } from '../../domain/project.ts';
import { ruleFor } from '../../domain/settings.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { wait } from '../../domain/verbs/start.ts';
import type { Context } from '../edge/context.ts';
import { type RankPage, readRank, readTeam } from '../store/agents.ts';
import { readChannels } from '../store/channels.ts';
import type { Write } from '../store/commit.ts';
import { claimNew, joinLine, lostTheAgent } from '../store/start.ts';
import { RECORD_LIMITS, recordOf } from './decision.ts';
import type { Heads } from './sight.ts';

/** A chat as created, with what its decision depends on. */
export type NewChat = {
  readonly chat: WaitingChat;
  readonly tokenHash: string;
  readonly project: Project;
  readonly channel: Channel;
  /** The heads of line and rank index, read at the same time as the rest. */
  readonly heads: Heads;
  /** What is written with the chat, given the chat as it will be. */
  readonly alongside: (chat: Chat, agent: Candidate | null) => readonly Write[];
};

/**
 * `waiting`: it joined the line; `isCrowded` says that others are after the same agents.
 * `busy`: the table had no capacity, nothing was written. `refused`: a write that goes along lost its race.
 */
export type Allocation =
  | { readonly outcome: 'assigned'; readonly chat: Chat; readonly agent: Candidate }
  | { readonly outcome: 'waiting'; readonly chat: Chat; readonly isCrowded: boolean }
  | { readonly outcome: 'busy' | 'refused' };

/**
 * Gives a new chat to the first available agent, or lets it wait. One claim is tried; when it is lost, many are
 * after the same agent, and the chat joins the line, where one searcher serves all of them in order
 * (docs/decisions/0003-waiting-line.md).
 */
export async function allocate(context: Context, started: NewChat): Promise<Allocation> {
  const found = await firstAvailable(context, started);
  if (found === null) return join(context, started, await explainNobody(context, started), 0);
  const { verdict, agent } = found;
  if (await isBehindOthers(context, started, agent)) return join(context, started, null, 0);

  const decision = recordOf(context, verdict, { ...circumstances(started), attempts: 1 });
  const chat = assign(
    started.chat,
    {
      agentId: agent.id,
      method: 'automatic',
      reason: null,
      forced: false,
      decisionId: decision.id,
      weight: started.channel.weight,
    },
    decision.at,
  );
  const { tokenHash } = started;
  const claim = await context.crowds.claims.alone(started.project.id, () =>
    claimNew(
      context.table,
      { chat, tokenHash, firstDecision: decision },
      agent,
      started.alongside(chat, agent),
    ),
  );
  if (claim === null) return join(context, started, null, 0);
  if (claim.outcome === 'committed') return { outcome: 'assigned', chat, agent };
  if (claim.outcome === 'throttled') return { outcome: 'busy' };
  if (claim.outcome === 'refused' && !lostTheAgent(claim.refusals)) return { outcome: 'refused' };
  return join(context, started, null, 1);
}

type Found = { readonly verdict: Verdict; readonly agent: Candidate };

/** Reads the rank index from its head until it meets an agent who can take the chat; null = nobody can. */
async function firstAvailable(context: Context, started: NewChat): Promise<Found | null> {
  let page: RankPage = started.heads.rank;
  const candidates = [...page.candidates];
  for (;;) {
    const verdict = verdictOf(started, candidates, 'rank-order', page.last === null);
    const agent = candidates.find(candidate => candidate.id === verdict.winner);
    if (agent !== undefined) return { verdict, agent };
    if (page.last === null || verdict.outcome === 'automatic-off') return null;
    page = await readRank(context.table, started.project.id, undefined, page.last);
    candidates.push(...page.candidates);
  }
}

/**
 * Why nobody: that takes the whole team, since the index holds only those who could take something. Null when
 * somebody became available since the index was read: the chat is then given out from the line at once.
 */
async function explainNobody(context: Context, started: NewChat): Promise<Verdict | null> {
  const off = !started.project.settings.automaticAllocation;
  const team = off ? [] : await readTeam(context.table, started.project.id);
  const verdict = verdictOf(started, team, 'whole-team', true);
  return verdict.winner === null ? verdict : null;
}

/** An older waiting chat could use the slot: taking it would overtake. Behind a long line a newcomer simply joins. */
async function isBehindOthers({ table }: Context, started: NewChat, agent: Candidate): Promise<boolean> {
  const { places, last } = started.heads.line;
  if (places.length === 0) return false;
  if (last !== null) return true;
  const weightOf = weightsOf(await readChannels(table, started.project.id));
  const older = places.map(({ channelId }) => ({ channelId, weight: weightOf(channelId) }));
  return wouldOvertake(older, agent);
}

async function join(
  context: Context,
  started: NewChat,
  verdict: Verdict | null,
  attempts: number,
): Promise<Allocation> {
  const chat = wait(started.chat);
  const firstDecision = verdict && recordOf(context, verdict, { ...circumstances(started), attempts });
  const { tokenHash } = started;
  const joined = await joinLine(
    context.table,
    { chat, tokenHash, firstDecision },
    attempts,
    started.alongside(chat, null),
  );
  // Without a verdict somebody was available, and it was another chat's turn or claim.
  if (joined.outcome === 'committed') return { outcome: 'waiting', chat, isCrowded: verdict === null };
  return { outcome: joined.outcome === 'refused' ? 'refused' : 'busy' };
}

function verdictOf(
  started: NewChat,
  candidates: readonly Candidate[],
  reading: Verdict['reading'],
  complete: boolean,
): Verdict {
  const { project, channel, chat } = started;
  return decide({
    policy: ruleFor(project.settings, chat.returning).policy,
    automaticAllocation: project.settings.automaticAllocation,
    demand: { channelId: channel.id, weight: channel.weight },
    candidates,
    reading,
    complete,
    limits: RECORD_LIMITS,
  });
}

function circumstances({ chat, project }: NewChat) {
  return { chatId: chat.id, trigger: 'start' as const, project, since: chat.createdAt };
}
