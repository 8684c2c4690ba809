import type * as z from 'zod';
import type { ROUTES, RouteName } from '../routes.ts';
import type { Write } from '../store/commit.ts';
import type { Caller } from './callers.ts';
import type { Context } from './context.ts';

/** The answer of a route. `version` becomes the ETag. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly version?: number;
};

type Routes = typeof ROUTES;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : null;

/** What a handler gets: everything parsed, the caller's role checked. */
export type RequestOf<Name extends RouteName> = {
  readonly params: Parsed<Routes[Name]['params']>;
  readonly query: Parsed<Routes[Name]['query']>;
  readonly body: Parsed<Routes[Name]['body']>;
  readonly caller: Caller;
  /** Where it comes from, as somebody saw it who is to be trusted; empty = unknown. */
  readonly address: string;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  /** Keeps the answer for a repeated request in the same transaction as the work; null without an Idempotency-Key. */
  readonly keepAnswer: ((answer: Answer) => Write) | null;
};

export type HandlerOf<Name extends RouteName> = (
  request: RequestOf<Name>,
  context: Context,
) => Promise<Answer>;

type AnyRequest = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller;
  readonly address: string;
  readonly ifMatch: string | null;
  readonly ifNoneMatch: string | null;
  readonly keepAnswer: ((answer: Answer) => Write) | null;
};
export type AnyHandler = (request: AnyRequest, context: Context) => Promise<Answer>;
