import { check as findings } from '../../domain/check.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { readTeam } from '../store/agents.ts';
import { readConfiguration } from '../store/configuration.ts';
import { noSuchProject } from './lookup.ts';

export const check: HandlerOf<'check'> = async ({ params }, { table, now }) => {
  const [configuration, agents] = await Promise.all([
    readConfiguration(table, params.projectId),
    readTeam(table, params.projectId),
  ]);
  if (configuration === null) throw noSuchProject();
  const { project, groups, channels } = configuration;
  const { settings: rules, primaryGroupId } = project;
  return {
    status: 200,
    body: { findings: findings({ rules, primaryGroupId, agents, groups, channels }, now()) },
  };
};
