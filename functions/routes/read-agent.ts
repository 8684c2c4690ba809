import type { AgentId, ProjectId } from '../../domain/brands.ts';
import { type Caller, onlyOwnSelf } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer } from '../edge/exchange.ts';
import { viewAgent } from '../views/agent-view.ts';
import { theAgent } from './lookup.ts';

type Request = {
  readonly params: { readonly projectId: ProjectId; readonly agentId: AgentId };
  readonly caller: Caller;
};

/** An agent: itself or an operator may look. */
export async function readAgent({ params, caller }: Request, context: Context): Promise<Answer> {
  onlyOwnSelf(caller, params.agentId);
  const agent = await theAgent(context, params.projectId, params.agentId);
  return { status: 200, body: viewAgent(params.projectId, agent), version: agent.cardVersion };
}
