import type { ChatId } from '../../domain/brands.ts';
import { isLegal } from '../../domain/chat.ts';
import { policyNamed } from '../../domain/policies.ts';
import { type Setup, setUp } from '../allocate/setup.ts';
import { openWholeScope, type Subject } from '../allocate/whole-scope.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { readConfiguration } from '../store/configuration.ts';
import { readVisitor } from '../store/visitors.ts';
import { viewDryRun } from '../views/decision-view.ts';
import { noSuchProject, theChat } from './lookup.ts';

/** The decision that would be taken now, over the whole scope; nothing is written. */
export const explain: HandlerOf<'explain'> = async (request, context) => {
  const { projectId } = request.params;
  const at = context.now();
  const [configuration, { chatId, ...subject }] = await Promise.all([
    readConfiguration(context.table, projectId),
    subjectOf(context, request),
  ]);
  if (configuration === null) throw noSuchProject();
  const setup = setUp(configuration);
  known(setup, request, subject);
  const { verdict } = await openWholeScope(context, setup)(subject);
  const tookMs = context.now() - at;
  const { settingsVersion } = setup.project;
  const body = viewDryRun({
    ...verdict,
    chatId,
    at,
    trigger: 'explain',
    settingsVersion,
    attempts: 0,
    tookMs,
  });
  return { status: 200, body };
};

/** A waiting chat, or one that a visitor would start. */
async function subjectOf(
  context: Context,
  { params, body, caller }: RequestOf<'explain'>,
): Promise<Subject & { readonly chatId: ChatId | null }> {
  if ('chatId' in body) {
    const { chat } = await theChat(context, { ...params, chatId: body.chatId }, caller);
    if (!isLegal('assign', chat)) {
      throw new Problem(
        'state-forbids',
        `Only a waiting chat is still to be decided; this one is ${chat.state}.`,
      );
    }
    const { id: chatId, channelId, asked, returning, lastServedBy, handedOver } = chat;
    return { chatId, channelId, asked, returning, lastServedBy, handedOver };
  }
  const visitor =
    body.visitorId === undefined ? null : await readVisitor(context.table, params.projectId, body.visitorId);
  const lastServedBy = visitor?.last.chat.lastServedBy ?? null;
  const { channelId, groupId } = body;
  return {
    chatId: null,
    channelId,
    asked: groupId ?? null,
    returning: lastServedBy !== null,
    lastServedBy,
    handedOver: false,
  };
}

/** What a start would refuse is refused here too. */
function known({ rules, channels, groups }: Setup, { body }: RequestOf<'explain'>, subject: Subject): void {
  if (!channels.some(({ id }) => id === subject.channelId)) {
    throw new Problem('unknown-channel', `There is no channel ${subject.channelId}.`);
  }
  if ('chatId' in body || body.groupId == null) return;
  const { policy } = rules.ruleFor(subject);
  if (policyNamed(policy).scope !== 'group') {
    throw new Problem('policy-has-no-group', 'Leave groupId out, or switch to a policy with groups.');
  }
  if (!groups.some(({ id, spreading }) => id === body.groupId && spreading !== 'removal')) {
    throw new Problem('unknown-group', `There is no group ${body.groupId} in this project.`);
  }
}
