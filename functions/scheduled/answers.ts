import type { ChatId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import { isLegal } from '../../domain/chat.ts';
import type { Message } from '../../domain/message.ts';
import { nextLook, timeoutOf } from '../../domain/timeouts.ts';
import { close } from '../../domain/verbs/close.ts';
import { changeOfAgent } from '../allocate/change-agent.ts';
import { releaseHolder } from '../allocate/release.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import type { Turns } from '../in-turn.ts';
import { readAgent } from '../store/agents.ts';
import { type AgentChange, saveChange } from '../store/changes.ts';
import type { Write } from '../store/commit.ts';
import { moveDeadline, nothingSaidSince } from '../store/deadlines.ts';
import { type Conversation, readConversation } from '../store/messages.ts';
import { readProject } from '../store/projects.ts';

/**
 * Looks whether somebody has not answered in a chat for as long as its project says, and moves or closes it then; else
 * says when to look again. What it saw is checked in the write itself: a message, a hold or a close in that moment wins.
 * Whether an agent became free is told.
 */
export async function lookForAnswer(
  context: Context,
  { projectId, id, at: found }: { readonly projectId: ProjectId; readonly id: string; readonly at: Instant },
  now: Instant,
  turns: Turns,
): Promise<boolean> {
  const { table } = context;
  const chatId = id as ChatId;
  const lookAgain = (at: Instant | null) => moveDeadline(table, projectId, chatId, found, at);
  for (let tries = 0; tries < BOUNDS.verbTriesMax; tries += 1) {
    if (tries > 0) await table.pause(table.random() * 5 * 2 ** tries);
    const [conversation, project] = await Promise.all([
      readConversation(table, projectId, chatId),
      readProject(table, projectId),
    ]);
    const settings = project?.settings;
    const timeout =
      conversation && settings ? timeoutOf(conversation.chat, conversation.lastMessage, settings) : null;
    const lookAt = settings === undefined ? null : nextLook(timeout, settings, now);
    if (conversation === null || conversation.chat.state === 'closed' || lookAt === null) {
      await lookAgain(null);
      return false;
    }
    if (timeout === null || timeout.at > now) {
      await lookAgain(lookAt);
      return false;
    }
    const act = timeout.action === 'close' ? closeUnanswered : moveUnanswered;
    const done = await act(context, conversation, now, turns);
    if (done === 'nobody') {
      await lookAgain((now + BOUNDS.changeAgentRetryMs) as Instant);
      return false;
    }
    if (done === 'done') {
      // After the deed: dying in between, the sweep looks again at once.
      await lookAgain(timeout.action === 'close' || !settings ? null : nextLook(null, settings, now));
      return true;
    }
  }
  return false;
}

type Done = 'done' | 'nobody' | 'overtaken';

/** Many chats of one agent may be due at once, and each changes the agent's row: they take turns. */
function closeUnanswered(context: Context, before: Conversation, now: Instant, turns: Turns): Promise<Done> {
  const { chat } = before;
  const holder = chat.state === 'open' ? chat.agentId : chat.id;
  return turns(`${chat.projectId}/${holder}`, async () => {
    if (!isLegal('close', chat)) return 'overtaken';
    const agents: AgentChange[] = [];
    if (chat.state === 'open') {
      const agent = await readAgent(context.table, chat.projectId, chat.agentId);
      if (agent === null) return 'overtaken';
      agents.push(await releaseHolder(context, agent, chat, now));
    }
    return save(context, before, { after: close(chat, 'no-answer', now) }, agents);
  });
}

/**
 * All chats that are due seek the same best agent, so those that find one take turns. Whether there is anybody is looked
 * at without waiting for a turn.
 */
async function moveUnanswered(
  context: Context,
  before: Conversation,
  now: Instant,
  turns: Turns,
): Promise<Done> {
  const { chat } = before;
  if (chat.state !== 'open') return 'overtaken';
  if ((await changeOfAgent(context, chat, now)) === 'nobody') return 'nobody';
  return turns(chat.projectId, async () => {
    const change = await changeOfAgent(context, chat, now);
    return typeof change === 'string'
      ? change
      : save(context, before, change, change.agents, change.alongside);
  });
}

async function save(
  { table }: Context,
  before: Conversation,
  change: { readonly after: Chat },
  agents: readonly AgentChange[],
  alongside: readonly Write[] = [],
): Promise<Done> {
  const { projectId } = change.after;
  const last: Message | null = before.lastMessage;
  const silence = last === null ? [] : [nothingSaidSince(table, projectId, last)];
  const saved = await saveChange(table, { before, ...change }, agents, [...silence, ...alongside]);
  return saved.outcome === 'committed' ? 'done' : 'overtaken';
}
