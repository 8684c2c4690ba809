import type { Agent } from '../../domain/agent.ts';
import { isLegal } from '../../domain/chat.ts';
import { burdened, relieved } from '../../domain/load.ts';
import { hold, resume } from '../../domain/verbs/hold.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { armSoon } from '../distribute/arm-runs.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { saveChange } from '../store/changes.ts';
import { theAgent } from './lookup.ts';
import { untilSettled } from './until-settled.ts';
import { illegal, isDone, ownedChat, said } from './verb.ts';

/** An agent puts a chat on hold: its room is free at once, for whoever waits (seed 002, "On hold chat conversation"). */
export const holdChat: HandlerOf<'holdChat'> = (request, context) =>
  untilSettled(context, async () => {
    const before = await ownedChat(context, request);
    const { chat } = before;
    if (chat.state === 'held') return said(before, 'already-held');
    if (!isLegal('hold', chat)) throw illegal('hold', 'put on hold', chat);
    const agent = await theAgent(context, chat.projectId, chat.agentId);
    const after = hold(chat, context.now());
    const answer = said({ ...before, chat: after }, 'held');
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
    if (chat.state === 'open') return said(before, 'already-open');
    if (!isLegal('resume', chat)) throw illegal('resume', 'resumed', chat);
    const agent = await theAgent(context, chat.projectId, chat.agentId);
    const after = resume(chat, context.now());
    const answer = said({ ...before, chat: after }, 'resumed');
    if (!(await isSaved(context, request, { before, after }, agent, burdened(agent, chat), answer)))
      return null;
    if (after.transfer !== null) await armSoon(context, chat.projectId);
    return answer;
  });

type Request = RequestOf<'holdChat'>;

/** False: the chat or its agent changed meanwhile. */
async function isSaved(
  { table }: Context,
  { keepAnswer }: Request,
  change: Parameters<typeof saveChange>[1],
  before: Agent,
  after: Agent,
  answer: Answer,
): Promise<boolean> {
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  return isDone(await saveChange(table, change, [{ before, after }], kept));
}
