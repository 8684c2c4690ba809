import type { Agent } from '../../domain/agent.ts';
import { type Chat, isLegal } from '../../domain/chat.ts';
import { burdened, relieved } from '../../domain/load.ts';
import { hold, resume } from '../../domain/verbs/hold.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { armSoon } from '../distribute/arm-runs.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { saveChange } from '../store/changes.ts';
import type { StoredChat } from '../store/chat-row.ts';
import { staffView } from '../views/chat-view.ts';
import { onlyOwner, theAgent, theChat } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** An agent puts a chat on hold: its room is free at once, for whoever waits (seed 002, "On hold chat conversation"). */
export const holdChat: HandlerOf<'holdChat'> = (request, context) =>
  untilSettled(context, async () => {
    const before = await ownedChat(context, request);
    const { chat } = before;
    if (chat.state === 'held') return said(chat, 'already-held');
    if (!isLegal('hold', chat)) throw notIn(chat, 'put on hold while it is open');
    const agent = await theAgent(context, chat.projectId, chat.agentId);
    const after = hold(chat, context.now());
    const answer = said(after, 'held');
    if (!(await isSaved(context, request, { before, after }, agent, relieved(agent, chat), answer)))
      return null;
    await searchAfter(context, chat.projectId);
    return answer;
  });

/** Back to its agent, always: room is not asked, and it counts again. */
export const resumeChat: HandlerOf<'resumeChat'> = (request, context) =>
  untilSettled(context, async () => {
    const before = await ownedChat(context, request);
    const { chat } = before;
    if (chat.state === 'open') return said(chat, 'already-open');
    if (!isLegal('resume', chat)) throw notIn(chat, 'resumed while it is held');
    const agent = await theAgent(context, chat.projectId, chat.agentId);
    const after = resume(chat, context.now());
    const answer = said(after, 'resumed');
    if (!(await isSaved(context, request, { before, after }, agent, burdened(agent, chat), answer)))
      return null;
    if (after.transfer !== null) await armSoon(context, chat.projectId);
    return answer;
  });

type Request = RequestOf<'holdChat'>;

async function ownedChat(context: Context, { params, caller }: Request): Promise<StoredChat> {
  const stored = await theChat(context, params, caller);
  onlyOwner(caller, stored.chat);
  return stored;
}

function said(chat: Chat, outcome: string): Answer {
  return { status: 200, body: { chat: staffView(chat, []), outcome } };
}

function notIn({ state }: Chat, when: string): Problem {
  return new Problem('state-forbids', `A chat can be ${when}; this one is ${state}.`);
}

/** False: the chat or its agent changed meanwhile, and the caller looks again. */
async function isSaved(
  { table }: Context,
  { keepAnswer }: Request,
  change: Parameters<typeof saveChange>[1],
  before: Agent,
  after: Agent,
  answer: Answer,
): Promise<boolean> {
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  const { outcome } = await saveChange(table, change, [{ before, after }], kept);
  if (outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return outcome === 'committed';
}
