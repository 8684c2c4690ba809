import type { AgentId, ProjectId, VisitorId } from '../../domain/brands.ts';
import { weightsOf } from '../../domain/channel.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { start } from '../../domain/verbs/start.ts';
import { onlyOwnSelf } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readChannel } from '../store/channels.ts';
import { watchForAnswers } from '../store/deadlines.ts';
import { claimNew } from '../store/start.ts';
import { type KnownVisitor, pointVisitorTo, readVisitor } from '../store/visitors.ts';
import { staffView } from '../views/chat-view.ts';
import { NOTHING_BESIDE, viewForStaff } from './chat-for-caller.ts';
import { theAgent, theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';
import { visitorDetails } from './visitor-details.ts';

/**
 * Seed 002, "Agent initiated chat from a Contact card": the chat is the agent's, regardless of the settings. A forced
 * claim: only being active is asked. A visitor with a chat that is not closed keeps that one.
 */
export const initiateChat: HandlerOf<'initiateChat'> = (request, context) => {
  const { params, caller } = request;
  onlyOwnSelf(caller, params.agentId);
  return untilSettled(context, () => tryToInitiate(context, request, params));
};

async function tryToInitiate(
  context: Context,
  { body, keepAnswer }: RequestOf<'initiateChat'>,
  { projectId, agentId }: { readonly projectId: ProjectId; readonly agentId: AgentId },
): Promise<Answer | null> {
  const { table } = context;
  const [project, agent, channel, visitor] = await Promise.all([
    theProject(context, projectId),
    theAgent(context, projectId, agentId),
    readChannel(table, projectId, body.channelId),
    body.visitorId === undefined ? null : theVisitor(context, projectId, body.visitorId),
  ]);
  if (channel === null) throw new Problem('unknown-channel', `There is no channel ${body.channelId}.`);
  if (visitor !== null && visitor.last.chat.state !== 'closed') {
    const chat = await viewForStaff(context, visitor.last);
    return { status: 200, body: { chat, outcome: 'already-there' } };
  }
  if (!agent.active) throw new Problem('agent-inactive', 'An agent that is not active takes no chats.');

  const now = context.now();
  const id = context.newId.chat(now);
  const visitorId = visitor?.last.chat.visitorId ?? context.newId.visitorOf(id);
  const weight = weightsOf([channel])(channel.id);
  const created = start(
    {
      id,
      projectId,
      channelId: channel.id,
      asked: null,
      groupId: null,
      visitorId,
      visitor: visitorDetails(body.visitor),
      previous: visitor?.last.chat ?? null,
    },
    now,
  );
  const method = 'agent-initiated' as const;
  const chat = assign(
    created,
    { agentId, method, reason: null, forced: true, decisionId: null, weight },
    now,
  );
  const answer: Answer = { status: 201, body: { chat: staffView(chat, NOTHING_BESIDE), outcome: 'started' } };
  // Nobody holds a token for a visitor that has not been here yet.
  const token = visitor?.pointer?.revokedAt === undefined ? (visitor?.last.token ?? null) : null;
  const pointer = visitor === null ? [] : [pointVisitorTo(table, projectId, visitorId, chat, visitor)];
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  const started = { chat, token, firstDecision: null };
  const saved = await claimNew(table, started, agent, null, [
    ...pointer,
    ...watchForAnswers(table, project.settings, chat),
    ...kept,
  ]);
  if (saved.outcome === 'throttled') throw new Problem('busy', 'The table has no capacity left.');
  return saved.outcome === 'committed' ? answer : null;
}

async function theVisitor(context: Context, projectId: ProjectId, id: VisitorId): Promise<KnownVisitor> {
  const visitor = await readVisitor(context.table, projectId, id);
  if (visitor === null) throw new Problem('unknown-visitor', `There is no visitor ${id} in this project.`);
  return visitor;
}
