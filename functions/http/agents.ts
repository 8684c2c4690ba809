import { awsEntry, type HandlersOf } from '../edge/lambda.ts';
import { heartbeat } from '../routes/heartbeat.ts';
import { listAgents } from '../routes/list-agents.ts';
import { readAgent } from '../routes/read-agent.ts';
import { setStatus } from '../routes/set-status.ts';

export const handlers = { listAgents, readAgent, setStatus, heartbeat } satisfies HandlersOf<'agents'>;
export const handler = awsEntry(handlers);
