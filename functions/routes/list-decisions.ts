import type { HandlerOf } from '../edge/exchange.ts';
import { afterCursor, page } from '../edge/pages.ts';
import { Problem } from '../edge/problems.ts';
import { readDecisions } from '../store/chats.ts';
import { viewDecision } from '../views/decision-view.ts';

export const listDecisions: HandlerOf<'listDecisions'> = async ({ params, query }, context) => {
  const decisions = await readDecisions(context.table, params.projectId, params.chatId);
  if (decisions === null) throw new Problem('not-found', 'There is no such chat in this project.');
  const after = afterCursor(query.cursor);
  const rest = decisions.filter(decision => after === undefined || decision.id > after);
  return { status: 200, body: page(rest.slice(0, query.limit), rest.length > query.limit, viewDecision) };
};
