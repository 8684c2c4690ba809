/** Every bound of the service in one place. Units are in the names. */
export const BOUNDS = {
  bodyBytesMax: 64 * 1024,
  /** What is wrong with a request is named up to here: a refusal must not be longer than what it refuses. */
  fieldErrorsMax: 50,
  fieldErrorLengthMax: 200,
  idLengthMax: 64,
  nameLengthMax: 200,
  messageLengthMax: 4_000,
  /** Others who may write in the same chat at the same moment. */
  messageTriesMax: 20,
  /** How long a visitor's token is good after its last start or renewal. */
  visitorTokenDays: 90,
  /** By less than this an end is not moved. */
  tokenRenewalMinMs: 86_400_000,
  /** Of a visitor with more chats than this in that time, the oldest keep their token to its end. */
  visitorChatsMax: 1_000,
  /** So many starts of one address, and of one project, a process notes in the table at once. */
  startsNotedTogether: { perAddress: 2, perProject: 10 },
  /** Addresses of one minute that a process remembers. */
  startAddressesMax: 10_000,
  visitorAttributesMax: 20,
  visitorAttributeLengthMax: 200,
  allowedOriginsMax: 50,
  groupsPerAgentMax: 20,
  bulkAgentsMax: 1_000,
  scheduleHoursMax: 21,
  channelsPerAgentMax: 100,
  channelWeightMax: 1_000,
  loadMax: 100_000,
  queuePositionMax: 99_999,
  minutesMax: 60 * 24 * 30,
  idempotencyKeyLengthMax: 255,
  idempotencyKeepHours: 24,
  /** Longer than any function may run: after it a command that never answered may be taken over. */
  idempotencyLeaseSeconds: 45,
  pageItemsDefault: 50,
  pageItemsMax: 100,
  /** Rows of one list page read through a filter before the page is handed out short. */
  pageRowsReadMax: 500,
  /** First reading of the rank index: about one read unit. */
  rankHeadRows: 30,
  /** As that, for a search, which mostly finds that nobody waits: one read unit at most. */
  searchHeadRows: 15,
  /** First reading of each further lane of the rank index. */
  laneHeadRows: 10,
  /** First reading in member order; each row costs a read unit. */
  rotationHeadRows: 2,
  /** Further readings of the rank index are at least this long. */
  rankRowsMore: 250,
  /** Older waiting chats a newcomer compares itself with; behind a longer line it simply joins. */
  lineHeadRows: 40,
  /** Waiting chats matched against one reading of the roster. */
  lineBatchChatsMax: 1_000,
  claimsInParallel: 24,
  /** Few: cards of one group write or check the same row, and DynamoDB refuses what meets there. */
  cardsInParallel: 4,
  claimChatsMax: 20,
  searchLeaseMs: 4_000,
  /** So few chats are given out without taking the lease: each claim is safe by itself. */
  unleasedChatsMax: 2,
  /** Queued chats read at a time. */
  queueBatchChatsMax: 500,
  /** Chats that a run moves in one transaction, where their rows fit. */
  movesPerWriteMax: 30,
  /** DynamoDB takes no more. */
  transactionRowsMax: 100,
  /** A run in which so many writes in a row were refused leaves the rest to the next one. */
  lostWritesMax: 8,
  /** Longer than a run may take, shorter than anybody waits for the next. */
  runLeaseMs: 30_000,
  /** A run that an operator asked for answers within the time of a request. */
  runInlineMs: 8_000,
  /** When the sweep first looks whether heartbeats go on; how long they may stop, the project says. */
  presenceLookMs: 10_000,
  /** The sweep looks at least so often: the project may have made the time shorter. */
  presenceLookMaxMs: 300_000,
  /** Chats that were started or changed hands under the settings before are there after so long. */
  watchChatsForMs: 50_000,
  /** The minute's function, and the worker, stop with what is due after this and go on in another call. */
  timersBudgetMs: 20_000,
  /** Chats looked at in one call; those behind them are longer from being due, and wait for the next. */
  timersPerCallMax: 10_000,
  /** Chats that change their agent matched against one reading of the team. */
  unansweredBatchChatsMax: 200,
  /** A chat whose agent does not answer and that nobody else can take is tried again after this. */
  changeAgentRetryMs: 55_000,
  /** A board that is older is counted anew for who looks at it; for the estimate of a wait it may be older. */
  boardAgeMs: 2_000,
  estimateAgeMs: 30_000,
  /** Longer than a count takes: who counts that long has died over it. */
  boardCountMs: 5_000,
  /** What the next count goes on from is written so often; less than for an estimate. */
  boardCountKeptMs: 20_000,
  /** With both that row stays within the 400 KB that DynamoDB takes. */
  boardWaitsMax: 500,
  boardPendingMax: 2_000,
  /** Lines, the busiest, whose pace stands in the board's own row: with the longest names it stays within 4 KB, half a unit a glance. */
  boardLinesMax: 20,
  /** The lists index is never that far behind. */
  listStalenessMs: 10_000,
  /** Well within what SQS takes. */
  unreadableBytesMax: 256 * 1024,
  reasonLengthMax: 500,
  searchRoundsMax: 100,
  /** After so many rounds in which something was refused, each agent gets a transaction of its own. */
  refusedRoundsMax: 3,
  /** A request that finds itself searching for the whole line hands over to the queue after this. */
  searchInlineMs: 1_500,
  searchWorkerMs: 20_000,
  searchPeriodSeconds: 5,
  /** Races that a verb may lose before its caller is told to try again; the pauses between add up to a second or so. */
  verbTriesMax: 8,
  storeAttemptsMax: 6,
  storeDeadlineMs: 4_000,
  storeRequestTimeoutMs: 2_000,
  storeConnectTimeoutMs: 1_000,
  recordedAgentsMax: 5,
  /** With more, the row of a usual chat would pass one kilobyte. */
  recordedExclusionsMax: 6,
} as const;
