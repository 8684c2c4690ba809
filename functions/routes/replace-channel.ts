import { searchAfter } from '../allocate/search-after.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { honourIfMatch } from '../edge/preconditions.ts';
import { readChannel, saveChannel } from '../store/channels.ts';
import { viewChannel } from '../views/admin-views.ts';
import { theProject } from './lookup.ts';
import { untilSettled } from './until-settled.ts';

/** Adds or replaces a channel. Open chats keep what they were charged; a lighter weight may help the line at once. */
export const replaceChannel: HandlerOf<'replaceChannel'> = ({ params, body, ifMatch }, context) =>
  untilSettled(context, async () => {
    const { projectId, channelId } = params;
    const [, before] = await Promise.all([
      theProject(context, projectId),
      readChannel(context.table, projectId, channelId),
    ]);
    honourIfMatch(ifMatch, before?.version ?? null);
    const seenVersion = before?.version ?? null;
    const after = { id: channelId, ...body, version: (seenVersion ?? 0) + 1 };
    if ((await saveChannel(context.table, projectId, after, seenVersion)) === 'stale') return null;
    await searchAfter(context, projectId);
    return { status: before === null ? 201 : 200, body: viewChannel(after), version: after.version };
  });
