import type { ProjectId } from '../../domain/brands.ts';
import type { Context } from '../edge/context.ts';
import type { Answer } from '../edge/exchange.ts';
import { afterCursor, page } from '../edge/pages.ts';
import { listAgents as readPage } from '../store/agents.ts';
import { viewAgent } from '../views/agent-view.ts';
import { theProject } from './lookup.ts';

type Request = {
  readonly params: { readonly projectId: ProjectId };
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
};

/** The agents by id: for the agents themselves and for the admin the same list. */
export async function listAgents({ params, query }: Request, context: Context): Promise<Answer> {
  const { projectId } = params;
  const after = afterCursor(query.cursor);
  const [, { agents, more }] = await Promise.all([
    theProject(context, projectId),
    readPage(context.table, projectId, query.limit, after),
  ]);
  return { status: 200, body: page(agents, more, agent => viewAgent(projectId, agent)) };
}
