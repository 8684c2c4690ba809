import type { ChannelId, ProjectId } from '../../domain/brands.ts';
import { CHAT_STATES } from '../../domain/chat.ts';
import type { Context } from '../edge/context.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { Problem } from '../edge/problems.ts';
import { readChannel, removeChannel } from '../store/channels.ts';
import { isOnChannel } from '../store/chats.ts';
import { theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/**
 * Removes a channel on which every chat is closed. A chat that starts in the very moment still routes, as the
 * lightest kind (`weightsOf`); it is never dropped.
 */
export const deleteChannel: HandlerOf<'deleteChannel'> = ({ params, ifMatch }, context) =>
  untilSettled(context, async () => {
    const { projectId, channelId } = params;
    const [, channel] = await Promise.all([
      theProject(context, projectId),
      readChannel(context.table, projectId, channelId),
    ]);
    if (channel === null) throw new Problem('not-found', 'There is no such channel in this project.');
    honourIfMatch(ifMatch, channel.version);
    await refuseWhileInUse(context, projectId, channelId);
    const removed = await removeChannel(context.table, projectId, channelId, channel.version);
    return removed === 'written' ? { status: 204, body: null } : null;
  });

async function refuseWhileInUse(context: Context, projectId: ProjectId, channelId: ChannelId): Promise<void> {
  for (const state of CHAT_STATES) {
    if (state === 'closed') continue;
    if (!(await isOnChannel(context.table, projectId, state, channelId))) continue;
    throw new Problem(
      'channel-in-use',
      `A chat on ${channelId} is ${state}. Close the channel's chats first.`,
    );
  }
}
