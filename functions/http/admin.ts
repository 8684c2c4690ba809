import { awsEntry, type HandlersOf } from '../edge/lambda.ts';
import { readBoard } from '../routes/board.ts';
import { check } from '../routes/check.ts';
import { deleteAgent } from '../routes/delete-agent.ts';
import { deleteChannel } from '../routes/delete-channel.ts';
import { deleteGroup } from '../routes/delete-group.ts';
import { editAgents } from '../routes/edit-agents.ts';
import { explain } from '../routes/explain.ts';
import { readJob, runJob, startJob, stopJob } from '../routes/job.ts';
import { listAgents } from '../routes/list-agents.ts';
import { listChannels } from '../routes/list-channels.ts';
import { listGroups } from '../routes/list-groups.ts';
import { listQueue } from '../routes/list-queue.ts';
import { readAgent } from '../routes/read-agent.ts';
import { replaceAgent } from '../routes/replace-agent.ts';
import { replaceChannel } from '../routes/replace-channel.ts';
import { replaceGroup } from '../routes/replace-group.ts';
import { revokeToken } from '../routes/revoke-token.ts';
import { readSettings, replaceSettings } from '../routes/settings.ts';
import { wireAdmin } from '../wiring.ts';

export const handlers = {
  readSettings,
  replaceSettings,
  listAgentCards: listAgents,
  readAgentCard: readAgent,
  replaceAgent,
  deleteAgent,
  editAgents,
  listGroups,
  replaceGroup,
  deleteGroup,
  listChannels,
  replaceChannel,
  deleteChannel,
  readJob,
  startJob,
  stopJob,
  runJob,
  listQueue,
  revokeToken,
  readBoard,
  explain,
  check,
} satisfies HandlersOf<'admin'>;
export const handler = awsEntry(handlers, wireAdmin);
