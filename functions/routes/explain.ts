import type { ChatId } from '../../domain/brands.ts';
import { isLegal } from '../../domain/chat.ts';
import { decide } from '../../domain/decide.ts';
import { ruleFor } from '../../domain/settings.ts';
import { RECORD_LIMITS } from '../allocate/decision.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readTeam } from '../store/agents.ts';
import { readChannel } from '../store/channels.ts';
import { readVisitor } from '../store/visitors.ts';
import { viewDryRun } from '../views/decision-view.ts';
import { theChat, theProject } from './lookup.ts';

/** The decision that would be taken now, over the whole team; nothing is written. */
export const explain: HandlerOf<'explain'> = async (request, context) => {
  const { projectId } = request.params;
  const at = context.now();
  const [project, subject, team] = await Promise.all([
    theProject(context, projectId),
    subjectOf(context, request),
    readTeam(context.table, projectId),
  ]);
  const channel = await readChannel(context.table, projectId, subject.channelId);
  if (channel === null) throw new Problem('unknown-channel', `There is no channel ${subject.channelId}.`);
  const { settings, settingsVersion } = project;
  const verdict = decide({
    policy: ruleFor(settings, subject.returning).policy,
    automaticAllocation: settings.automaticAllocation,
    demand: { channelId: channel.id, weight: channel.weight },
    candidates: team,
    reading: 'whole-team',
    complete: true,
    limits: RECORD_LIMITS,
  });
  const tookMs = context.now() - at;
  const body = viewDryRun({
    ...verdict,
    chatId: subject.chatId,
    at,
    trigger: 'explain',
    settingsVersion,
    attempts: 0,
    tookMs,
  });
  return { status: 200, body };
};

type Subject = {
  readonly chatId: ChatId | null;
  readonly channelId: Parameters<typeof readChannel>[2];
  readonly returning: boolean;
};

/** A waiting chat, or one that a visitor would start. */
async function subjectOf(context: Context, { params, body, caller }: RequestOf<'explain'>): Promise<Subject> {
  if ('chatId' in body) {
    const { chat } = await theChat(context, { ...params, chatId: body.chatId }, caller);
    if (isLegal('assign', chat))
      return { chatId: chat.id, channelId: chat.channelId, returning: chat.returning };
    throw new Problem(
      'state-forbids',
      `Only a waiting chat is still to be decided; this one is ${chat.state}.`,
    );
  }
  if (body.groupId != null) {
    throw new Problem('policy-has-no-group', 'Leave groupId out, or switch to a policy with groups.');
  }
  const visitor =
    body.visitorId === undefined ? null : await readVisitor(context.table, params.projectId, body.visitorId);
  const returning = visitor !== null && visitor.last.chat.lastServedBy !== null;
  return { chatId: null, channelId: body.channelId, returning };
}
