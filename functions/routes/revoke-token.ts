import type { HandlerOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readVisitor, revokeToken as revoke } from '../store/visitors.ts';
import { untilSettled } from './until-settled.ts';

/** Nobody gets in with this visitor's token any more; its chats stay as they are. Revoking it twice is no harm. */
export const revokeToken: HandlerOf<'revokeToken'> = ({ params }, context) =>
  untilSettled(context, async () => {
    const { projectId, visitorId } = params;
    const visitor = await readVisitor(context.table, projectId, visitorId);
    if (visitor === null) throw new Problem('not-found', 'There is no such visitor in this project.');
    const isRevoked = await revoke(context.table, projectId, visitorId, visitor, context.now());
    return isRevoked ? { status: 204, body: null } : null;
  });
