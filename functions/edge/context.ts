import type { Logger } from '@aws-lambda-powertools/logger';
import type { ChatId, DecisionId, Instant, ProjectId, VisitorId } from '../../domain/brands.ts';
import type { Crowd } from '../allocate/crowd.ts';
import type { JobRule } from '../distribute/job-rule.ts';
import type { SearchQueue } from '../queue/search-queue.ts';
import type { Table } from '../store/client.ts';
import type { StartLimits } from './start-limits.ts';
import type { VerifyToken } from './tokens.ts';

/** Ids of ours, sortable by time. */
export type NewIds = {
  readonly chat: (now: Instant) => ChatId;
  readonly decision: (now: Instant) => DecisionId;
  /** A visitor is named after its first chat. */
  readonly visitorOf: (chatId: ChatId) => VisitorId;
  /** Names one run of the search. */
  readonly searcher: () => string;
  /** Names one writing of a row, short enough to be kept in it. */
  readonly attempt: () => string;
  readonly widgetKey: (projectId: ProjectId) => string;
};

/** Reports a figure to the metrics; the alarms in the stack read it. */
export type Measure = (name: 'OldestWaitSeconds', unit: 'Seconds', value: number, at: Instant) => void;

/** All that a function needs from the outside: passed in, never imported. `wire` builds it. */
export type Context = {
  readonly table: Table;
  readonly searchQueue: SearchQueue;
  /** Only the admin function may switch it. */
  readonly jobRule: JobRule;
  readonly verifyToken: VerifyToken;
  readonly startLimits: StartLimits;
  /** Of what the edge shows; null where there is none in front. */
  readonly edgeSecretHash: string | null;
  readonly now: () => Instant;
  readonly newId: NewIds;
  /** Claims, and searches, of the requests that share this process. */
  readonly crowds: { readonly claims: Crowd; readonly searches: Crowd };
  readonly log: Logger;
  readonly measure: Measure;
};
