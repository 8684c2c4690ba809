import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import { isLegal } from '../../domain/chat.ts';
import { nextLook, timeoutOf } from '../../domain/timeouts.ts';
import { close } from '../../domain/verbs/close.ts';
import { changeAgents, type Unanswered } from '../allocate/change-agent.ts';
import { releaseHolder } from '../allocate/release.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import type { Turns } from '../in-turn.ts';
import { readAgent } from '../store/agents.ts';
import { type AgentChange, saveChange } from '../store/changes.ts';
import { moveDeadline, nothingSaidSince } from '../store/deadlines.ts';
import { type Conversation, readConversation } from '../store/messages.ts';
import { readProject } from '../store/projects.ts';

/** A chat whose moment to be looked at has come. */
export type Due = { readonly projectId: ProjectId; readonly id: string; readonly at: Instant };

/** A chat that is to be moved to another agent, and when the moment to look at it was. */
export type DueMove = Unanswered & { readonly due: Due };

/** What came of looking at a chat: its agent has one less; nothing; or it is to be moved. */
type Looked = 'freed' | 'nothing' | DueMove;

/**
 * Looks whether somebody has not answered in a chat for as long as its project says, and closes it then, or says that it
 * is to be moved; else says when to look again. What it saw is checked in the write itself: a message, a hold or a close in
 * that moment wins.
 */
export async function lookForAnswer(context: Context, due: Due, now: Instant, turns: Turns): Promise<Looked> {
  const { table } = context;
  for (let tries = 0; tries < BOUNDS.verbTriesMax; tries += 1) {
    if (tries > 0) await table.pause(table.random() * 5 * 2 ** tries);
    const found = await whatIsDue(context, due, now);
    if (found === null) return 'nothing';
    if (found.action === 'change-agent') return found.move;
    if (await closeUnanswered(context, found.conversation, now, turns)) {
      // After the deed: dying in between, the sweep looks again at once.
      await lookAgain(context, due, null);
      return 'freed';
    }
  }
  return 'nothing';
}

type Found =
  | { readonly action: 'close'; readonly conversation: Conversation }
  | { readonly action: 'change-agent'; readonly move: DueMove };

/** What is to be done with the chat now; null: nothing, and it is noted when to look again. */
async function whatIsDue(context: Context, due: Due, now: Instant): Promise<Found | null> {
  const { projectId, id } = due;
  const [conversation, project] = await Promise.all([
    readConversation(context.table, projectId, id as ChatId),
    readProject(context.table, projectId),
  ]);
  const settings = project?.settings;
  const timeout =
    conversation && settings ? timeoutOf(conversation.chat, conversation.lastMessage, settings) : null;
  if (conversation !== null && timeout !== null && timeout.at <= now) {
    const { chat } = conversation;
    if (timeout.action === 'close') return { action: 'close', conversation };
    if (chat.state === 'open') return { action: 'change-agent', move: { ...conversation, chat, due } };
  }
  const isOver = conversation === null || conversation.chat.state === 'closed';
  const isQueued = conversation !== null && conversation.chat.transfer !== null;
  const at = isOver || settings === undefined ? null : nextLook(timeout, settings, now);
  // What comes of its transfer may be known long before that.
  await lookAgain(context, due, isQueued && at !== null ? soonerOf(at, now) : at);
  return null;
}

function soonerOf(at: Instant, now: Instant): Instant {
  return Math.min(at, now + BOUNDS.changeAgentRetryMs) as Instant;
}

function lookAgain({ table }: Context, { projectId, id, at: found }: Due, at: Instant | null): Promise<void> {
  return moveDeadline(table, projectId, id as ChatId, found, at);
}

/** Many chats of one agent may be due at once, and each changes the agent's row: they take turns. False: overtaken. */
function closeUnanswered(
  context: Context,
  before: Conversation,
  now: Instant,
  turns: Turns,
): Promise<boolean> {
  const { table } = context;
  const { chat, lastMessage } = before;
  const { projectId } = chat;
  const holder = chat.state === 'open' ? chat.agentId : chat.id;
  return turns(`${projectId}/${holder}`, async () => {
    if (!isLegal('close', chat)) return false;
    const agents: AgentChange[] = [];
    if (chat.state === 'open') {
      const agent = await readAgent(table, projectId, chat.agentId);
      if (agent === null) return false;
      agents.push(await releaseHolder(context, agent, chat, now));
    }
    const silence = lastMessage === null ? [] : [nothingSaidSince(table, projectId, lastMessage)];
    const after = close(chat, 'no-answer', now);
    return (await saveChange(table, { before, after }, agents, silence)).outcome === 'committed';
  });
}

/** How far the moves of a project came. */
export type Moves = { readonly isDone: boolean; readonly isAnyMoved: boolean };

/**
 * Moves the chats of one project that are due to be moved, the longest due first, some at a time. Those that others were
 * in the way of are looked at again; those for which there is nobody are tried again in a minute.
 */
export async function moveUnanswered(
  context: Context,
  projectId: ProjectId,
  moves: readonly DueMove[],
  now: Instant,
  deadlineMs: number,
): Promise<Moves> {
  const { table } = context;
  const settings = (await readProject(table, projectId))?.settings;
  const restartAt = settings === undefined ? null : nextLook(null, settings, now);
  const retryAt = (now + BOUNDS.changeAgentRetryMs) as Instant;
  let waiting = moves;
  let isAnyMoved = false;
  for (let lost = 0; waiting.length > 0 && lost < BOUNDS.verbTriesMax; ) {
    if (table.elapsedMs() > deadlineMs) return { isDone: false, isAnyMoved };
    const batch = waiting.slice(0, BOUNDS.unansweredBatchChatsMax);
    const togetherMax = Math.max(1, BOUNDS.movesPerWriteMax >> lost);
    const order = { since: now, togetherMax };
    const { moved, stay, overtaken } = await changeAgents(context, projectId, batch, order);
    isAnyMoved ||= moved.length > 0;
    // After the deed: dying in between, the sweep looks again at once.
    const looks = [
      ...moved.map(one => [one, restartAt] as const),
      ...stay.map(one => [one, retryAt] as const),
    ];
    await inParallel(looks, BOUNDS.claimsInParallel, ([{ due }, at]) => lookAgain(context, due, at));
    const found = await inParallel(overtaken, BOUNDS.claimsInParallel, ({ due }) =>
      whatIsDue(context, due, now),
    );
    const again = found.flatMap(one => (one?.action === 'change-agent' ? [one.move] : []));
    // Behind the others: one that is changed all the time must not keep them from their turn.
    waiting = [...waiting.slice(batch.length), ...again];
    lost = moved.length + stay.length > 0 ? 0 : lost + 1;
    if (lost > 0) await table.pause(table.random() * 5 * 2 ** lost);
  }
  return { isDone: waiting.length === 0, isAnyMoved };
}
