import type { Card } from '../../domain/agent.ts';
import type { ProjectId } from '../../domain/brands.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { readAgent, readTeam } from '../store/agents.ts';
import { viewAgent } from '../views/agent-view.ts';
import { theProject } from './lookup.ts';
import { afterCards, isFewer, knownChannels, knownGroups, newAgent, saveAgentCard } from './save-agent.ts';
import { untilSettled } from './until-settled.ts';

/** Adds an agent or replaces its card; load and chats stay as they are, the status too unless a schedule begins. */
export const replaceAgent: HandlerOf<'replaceAgent'> = (request, context) =>
  untilSettled(context, () => tryToReplace(context, request));

async function tryToReplace(
  context: Context,
  { params, body, ifMatch }: RequestOf<'replaceAgent'>,
): Promise<Answer | null> {
  const { projectId, agentId } = params;
  const [, before, groups] = await Promise.all([
    theProject(context, projectId),
    readAgent(context.table, projectId, agentId),
    knownGroups(context, projectId, body.groups),
    knownChannels(context, projectId, body.channels),
  ]);
  honourIfMatch(ifMatch, before?.cardVersion ?? null);
  const memberOrder = body.memberOrder ?? before?.memberOrder ?? (await lastInOrder(context, projectId));
  const card: Card = { ...body, memberOrder };
  const after = await saveAgentCard(
    context,
    projectId,
    before ?? newAgent(context, agentId, card),
    before?.version ?? null,
    card,
    groups,
  );
  if (after === null) return null;
  await afterCards(context, projectId, before !== null && isFewer(before, after));
  const status = before === null ? 201 : 200;
  return { status, body: viewAgent(projectId, after), version: after.cardVersion };
}

async function lastInOrder(context: Context, projectId: ProjectId): Promise<number> {
  const team = await readTeam(context.table, projectId);
  return Math.max(0, ...team.map(agent => agent.memberOrder)) + 1;
}
