import { check as findings } from '../../domain/check.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { readTeam } from '../store/agents.ts';
import { readChannels } from '../store/channels.ts';
import { readGroups } from '../store/groups.ts';
import { theProject } from './lookup.ts';

export const check: HandlerOf<'check'> = async ({ params }, context) => {
  const { table } = context;
  const [, agents, groups, channels] = await Promise.all([
    theProject(context, params.projectId),
    readTeam(table, params.projectId),
    readGroups(table, params.projectId),
    readChannels(table, params.projectId),
  ]);
  return { status: 200, body: { findings: findings({ agents, groups, channels }) } };
};
