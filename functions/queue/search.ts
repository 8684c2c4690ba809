import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { isPeriodic } from '../allocate/arm.ts';
import { spreadGroup } from '../allocate/spread-group.ts';
import { searchLine } from '../allocate/waiting-line.ts';
import { watchChats } from '../allocate/watch-chats.ts';
import { BOUNDS } from '../bounds.ts';
import { runJob } from '../distribute/run-job.ts';
import type { Context } from '../edge/context.ts';
import { runDueTimers } from '../scheduled/timers.ts';
import { once, wire } from '../wiring.ts';
import { parseSearchMessage, type SearchMessage } from './search-queue.ts';

/**
 * The worker behind the search queue: the periodic search, the runs of the group distribution job, and what a request
 * left unfinished. Each message of a
 * batch succeeds or fails on its own; one that keeps failing ends in the dead-letter queue.
 */
export function searchLambda(context: Context) {
  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures = [];
    for (const record of Records) {
      try {
        await workOn(context, parseSearchMessage(record.body));
      } catch (error) {
        const { messageId } = record;
        context.log.error('a search message failed', { messageId, error: error as Error });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function workOn(context: Context, message: SearchMessage): Promise<void> {
  switch (message.kind) {
    case 'spread-group':
      return spreadGroup(context, message.projectId, message.groupId);
    case 'watch-chats':
      return watchChats(context, message.projectId);
    case 'run-job':
      await runJob(context, message.projectId, { dueAt: message.dueAt, budgetMs: BOUNDS.searchWorkerMs });
      return;
    case 'run-timers':
      return runTimers(context);
    case 'search':
      return search(context, message);
  }
}

/** What fails here stays due: the next minute says so, and nothing is won by another delivery of the message. */
async function runTimers(context: Context): Promise<void> {
  const { failures } = await runDueTimers(context, context.now());
  for (const error of failures) context.log.error('a timer was not handled', { error: error as Error });
}

async function search(context: Context, message: SearchMessage & { readonly kind: 'search' }): Promise<void> {
  const { projectId } = message;
  const found = await searchLine(context, projectId, { budgetMs: BOUNDS.searchWorkerMs, isPeriodic: true });
  // What the periodic search catches, an event has missed: worth counting, it should stay at none.
  if (found.settled > 0 && isPeriodic(message.dueAt)) {
    context.log.info('searched', { projectId, caughtChats: found.settled, dueAt: message.dueAt });
  }
  if (found.outcome !== 'unfinished') return;
  const now = context.now();
  await context.searchQueue.send([{ kind: 'search', projectId, dueAt: now }], now);
}

const lambda = once(() => searchLambda(wire(process.env)));
export const handler = (event: SQSEvent) => lambda()(event);
