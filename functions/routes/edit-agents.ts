import type { Agent, Card } from '../../domain/agent.ts';
import type { AgentId, ProjectId } from '../../domain/brands.ts';
import { cardOf, isSameCard } from '../../domain/card.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { inParallel } from '../in-parallel.ts';
import type { EDIT_OUTCOMES } from '../schemas.ts';
import { listAgents, readAgent } from '../store/agents.ts';
import { theProject } from './lookup.ts';
import { afterCards, isFewer, knownChannels, knownGroups, saveAgentCard } from './save-agent.ts';
import { untilSettled } from './until-settled.ts';

/**
 * Edits the cards of many agents alike (seed 001, 2.2: "Adjust daily reception limits for multiple members at once").
 * Each agent is written by itself and has an answer of its own; one that has all of it already is left as it is, so
 * that the call is safe to repeat. The waiting line is searched once, at the end.
 */
export const editAgents: HandlerOf<'editAgents'> = async ({ params, body }, context) => {
  const { projectId } = params;
  await Promise.all([
    theProject(context, projectId),
    knownGroups(context, projectId, body.set.groups ?? []),
    knownChannels(context, projectId, body.set.channels ?? null),
  ]);
  const ids = body.agentIds === 'all' ? await everyone(context, projectId) : body.agentIds;
  const edits = await inParallel(ids, BOUNDS.cardsInParallel, agentId =>
    edit(context, projectId, agentId, body.set),
  );
  const changed = edits.some(({ result }) => result.outcome === 'updated');
  if (changed)
    await afterCards(
      context,
      projectId,
      edits.some(({ fewer }) => fewer),
    );
  return { status: 200, body: { results: edits.map(({ result }) => result) } };
};

type Result = {
  readonly agentId: AgentId;
  readonly outcome: (typeof EDIT_OUTCOMES)[number];
  readonly errors?: { path: string; message: string }[];
};
type CardEdit = RequestOf<'editAgents'>['body']['set'];
type Edit = { readonly result: Result; readonly fewer: boolean };

async function everyone({ table }: Context, projectId: ProjectId): Promise<readonly AgentId[]> {
  const { agents, more } = await listAgents(table, projectId, BOUNDS.bulkAgentsMax);
  if (more) {
    throw new Problem(
      'too-many-agents',
      `The project has more than ${BOUNDS.bulkAgentsMax} agents: name them in agentIds, up to ${BOUNDS.bulkAgentsMax} in a call.`,
    );
  }
  return agents.map(({ id }) => id);
}

async function edit(context: Context, projectId: ProjectId, agentId: AgentId, set: CardEdit): Promise<Edit> {
  try {
    return await untilSettled(context, () => tryToEdit(context, projectId, agentId, set));
  } catch (error) {
    // What stands against one agent must not hide what was done to the others.
    if (!(error instanceof Problem)) throw error;
    const path = error.code === 'primary-group-needed' ? 'set.groups' : 'set';
    const errors = [{ path, message: `${error.code}: ${error.message}` }];
    return { result: { agentId, outcome: 'refused', errors }, fewer: false };
  }
}

async function tryToEdit(
  context: Context,
  projectId: ProjectId,
  agentId: AgentId,
  set: CardEdit,
): Promise<Edit | null> {
  const before = await readAgent(context.table, projectId, agentId);
  if (before === null) return { result: { agentId, outcome: 'not-found' }, fewer: false };
  const card = { ...cardOf(before), ...set } as Card;
  if (isSameCard(card, cardOf(before))) return { result: { agentId, outcome: 'unchanged' }, fewer: false };
  const groups = await knownGroups(context, projectId, card.groups);
  const after: Agent | null = await saveAgentCard(context, projectId, before, before.version, card, groups);
  return after && { result: { agentId, outcome: 'updated' }, fewer: isFewer(before, after) };
}
