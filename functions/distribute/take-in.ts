import type { ChatId, ProjectId } from '../../domain/brands.ts';
import { type ChatIn, isLegal, type QueuedTransfer } from '../../domain/chat.ts';
import type { ToGroup } from '../../domain/verbs/transfer.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import type { StoredChat } from '../store/chat-row.ts';
import { readChats } from '../store/chats.ts';
import { type Queued, type QueuePage, readQueue } from '../store/transfer-queue.ts';

/** A chat that is to be given to somebody of a group, as it was read. */
export type Transferring = {
  readonly before: StoredChat & { readonly chat: ChatIn<'queue'> };
  readonly to: ToGroup;
  /** Null = it is decided at once and was not queued. */
  readonly createdOn: QueuedTransfer['createdOn'] | null;
};

/** What of the queue a run has to do with. */
export type TakenIn = {
  /** Those that get their one decision, in the order of the queue; as many as the run may handle. */
  readonly chats: readonly Transferring[];
  /** How many were passed over because they are on hold: they keep their place and do not count. */
  readonly held: number;
  /** The closed ones met on the way. */
  readonly closed: readonly Queued[];
};

type Order = {
  readonly quantity: number;
  readonly deadlineMs: number;
  /** Those that were met before: one that is queued anew meanwhile is not met a second time. */
  readonly met: Set<ChatId>;
};

/** Reads the queue, oldest first, until as many chats are found as one run handles. `first` is its first page. */
export async function takeIn(
  { table }: Context,
  projectId: ProjectId,
  { quantity, deadlineMs, met }: Order,
  first: QueuePage,
): Promise<TakenIn> {
  const chats: Transferring[] = [];
  const closed: Queued[] = [];
  let held = 0;
  for (let { queued, last } = first; ; ) {
    // As many at a time as are still wanted: what is behind them is not read.
    for (let from = 0; from < queued.length && chats.length < quantity; ) {
      const next = queued.slice(from, from + quantity - chats.length);
      from += next.length;
      const some = next.filter(({ chatId }) => !met.has(chatId));
      for (const { chatId } of some) met.add(chatId);
      held += some.filter(({ state }) => state === 'held').length;
      closed.push(...some.filter(({ state }) => state === 'closed'));
      const ids = some.filter(({ state }) => state === 'open' || state === 'bot').map(one => one.chatId);
      for (const stored of await readChats(table, projectId, ids)) {
        const one = transferring(stored);
        if (one !== null) chats.push(one);
        else if (stored.chat.state === 'held') held += 1;
      }
    }
    const isLate = table.elapsedMs() > deadlineMs;
    if (chats.length >= quantity || last === null || isLate) return { chats, held, closed };
    ({ queued, last } = await readQueue(table, projectId, BOUNDS.queueBatchChatsMax, last));
  }
}

/** The chat as one that is queued; null when it is not, or not now. */
function transferring(before: StoredChat): Transferring | null {
  const { chat } = before;
  if (!isLegal('queue', chat) || chat.transfer === null) return null;
  const { createdOn, askedAt: _, ...to } = chat.transfer;
  return { before: { ...before, chat }, to, createdOn };
}

/** Whether some chat in the queue waits for a run. */
export async function isAnythingQueued({ table }: Context, projectId: ProjectId): Promise<boolean> {
  for (let after: string | undefined; ; ) {
    const { queued, last } = await readQueue(table, projectId, BOUNDS.queueBatchChatsMax, after);
    if (queued.some(({ state }) => state !== 'held')) return true;
    if (last === null) return false;
    after = last;
  }
}
