import type { HandlerOf } from '../edge/exchange.ts';
import { toAgent } from './transfer-to-agent.ts';
import { toGroup } from './transfer-to-group.ts';
import { untilSettled } from './until-settled.ts';

/** A chat leaves its agent, or its bot, for another agent or for a group. */
export const transferChat: HandlerOf<'transferChat'> = (request, context) => {
  const { to } = request.body;
  return untilSettled(context, () =>
    'agentId' in to ? toAgent(context, request, to.agentId) : toGroup(context, request, to.groupId),
  );
};
