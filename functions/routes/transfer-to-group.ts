import type { GroupId } from '../../domain/brands.ts';
import { type ChatIn, isLegal } from '../../domain/chat.ts';
import { conclusion } from '../../domain/sentences.ts';
import { queue } from '../../domain/verbs/transfer.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { setUp } from '../allocate/setup.ts';
import { armSoon } from '../distribute/arm-runs.ts';
import { openFloor } from '../distribute/floor.ts';
import { moveOne } from '../distribute/move.ts';
import type { Transferring } from '../distribute/take-in.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { saveChange, saveChanges } from '../store/changes.ts';
import { readConfiguration } from '../store/configuration.ts';
import { readGroup } from '../store/groups.ts';
import { readJob } from '../store/jobs.ts';
import type { Conversation } from '../store/messages.ts';
import { noSuchProject } from './lookup.ts';
import { illegal, isDone, ownedChat, said } from './verb.ts';

type Request = RequestOf<'transferChat'>;

/** Queued while the job is on, else decided at once (seed 002, "Distribution logic when the Job is disabled"). */
export async function toGroup(context: Context, request: Request, groupId: GroupId): Promise<Answer | null> {
  const { params } = request;
  const { table } = context;
  const [before, group, job] = await Promise.all([
    ownedChat(context, request),
    readGroup(table, params.projectId, groupId),
    readJob(table, params.projectId),
  ]);
  const { chat } = before;
  if (!isLegal('queue', chat)) throw illegal('queue', 'transferred to a group', chat);
  if (group === null || group.spreading === 'removal') {
    throw new Problem('unknown-group', `There is no group ${groupId} in this project.`);
  }
  const of = { before: { ...before, chat }, groupId };
  return job.running ? enqueue(context, request, of) : decideAtOnce(context, request, of);
}

type ToGroup = {
  readonly before: Conversation & { readonly chat: ChatIn<'queue'> };
  readonly groupId: GroupId;
};

function detailsOf({ body, caller }: Request, { groupId }: ToGroup) {
  return { groupId, reason: body.reason ?? null, isBotTransfer: caller.kind === 'bot' };
}

async function enqueue(context: Context, request: Request, of: ToGroup): Promise<Answer | null> {
  const { before } = of;
  const after = queue(before.chat, detailsOf(request, of), context.now());
  const answer = said({ ...before, chat: after }, 'queued', 202);
  const { keepAnswer } = request;
  const kept = keepAnswer === null ? [] : [keepAnswer(answer)];
  if (!isDone(await saveChange(context.table, { before, after }, [], kept))) return null;
  await armSoon(context, after.projectId);
  return answer;
}

async function decideAtOnce(context: Context, request: Request, of: ToGroup): Promise<Answer | null> {
  const { params, keepAnswer } = request;
  const configuration = await readConfiguration(context.table, params.projectId);
  if (configuration === null) throw noSuchProject();
  const setup = setUp(configuration);
  const one: Transferring = { before: of.before, to: detailsOf(request, of), createdOn: null };
  const floor = openFloor(context, setup);
  await floor.readFor([one]);
  const since = context.now();
  const move = moveOne(context, setup, floor, one, { trigger: 'transfer', since });
  const { after, decision } = move;
  const isAssigned = decision.outcome === 'assigned';
  const shown = { ...of.before, chat: after };
  const answer = isAssigned ? said(shown, 'transferred') : said(shown, 'waiting', 202);
  // A refusal is an answer too, but none to keep: the next try may find somebody.
  const isRefused = !isAssigned && after.state === 'open';
  const kept = keepAnswer === null || isRefused ? [] : [keepAnswer(answer)];
  const saved = await saveChanges(context.table, params.projectId, [move], floor.moved(), kept);
  if (!isDone(saved)) return null;
  if (isRefused) {
    const why = conclusion(decision, 'the chat stays where it is') ?? '';
    throw new Problem('no-agent-available', why);
  }
  await searchAfter(context, params.projectId);
  return answer;
}
