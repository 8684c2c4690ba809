/**
 * The shape of the one table, as data: the store, the stack, the laptop and the tests read it here.
 *
 * - Base: `pk` + `sk`. Chats have their own partitions; a project's agents share one.
 * - `rank` (local, so it can be read strongly): only agents that could take something now, sorted by the
 *   default ranking. Reading its head costs the same at 10 and at 10,000 agents.
 * - `members` (local): the same agents in member order, keys only. A claim touches it only when it fills the agent.
 * - `lists` (global): chats by project and state, projects, and what the minute's sweep must look at.
 *   Its keys never hold an agent, so that a transfer moves no index key.
 */
export const TABLE_SHAPE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  rankIndex: {
    name: 'rank',
    sortKey: 'rank',
    projected: [
      'name',
      'channels',
      'groups',
      'queuePosition',
      'receptionWeight',
      'memberOrder',
      'openChats',
      'vacancy',
      'lastClosedAt',
      'version',
    ],
  },
  membersIndex: { name: 'members', sortKey: 'member' },
  listsIndex: {
    name: 'lists',
    partitionKey: 'listKey',
    sortKey: 'listSort',
    projected: ['channelId'],
  },
  /** Seconds since the epoch; rows that only save work (idempotency keys) are swept by it, nothing is timed by it. */
  expiryAttribute: 'expiresAt',
} as const;
