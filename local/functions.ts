import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  DynamoDBBatchResponse,
  DynamoDBStreamEvent,
  Context as Invocation,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import type { Instant } from '../domain/brands.ts';
import type { Context } from '../functions/edge/context.ts';
import { httpLambda } from '../functions/edge/lambda.ts';
import { handlers as admin } from '../functions/http/admin.ts';
import { handlers as agents } from '../functions/http/agents.ts';
import { handlers as chats } from '../functions/http/chats.ts';
import { handlers as projects } from '../functions/http/projects.ts';
import { handlers as startChat } from '../functions/http/start-chat.ts';
import { searchLambda } from '../functions/queue/search.ts';
import { parseSearchMessage } from '../functions/queue/search-queue.ts';
import type { HttpFunction } from '../functions/routes.ts';
import { jobMinuteLambda } from '../functions/scheduled/job-minute.ts';
import { minuteLambda } from '../functions/scheduled/minute.ts';
import { findNextTimer } from '../functions/store/sweep.ts';
import { publishLambda } from '../functions/stream/publish.ts';
import { wirePublisher } from '../functions/wiring.ts';

export type HttpInvoke = (
  event: APIGatewayProxyEventV2,
  invocation: Invocation,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** The Lambdas as the laptop calls them: the same code, and the events that AWS would call them with. */
export type Functions = {
  readonly http: Readonly<Record<HttpFunction, HttpInvoke>>;
  readonly search: (event: SQSEvent) => Promise<SQSBatchResponse>;
  readonly minute: () => Promise<void>;
  /** The minute of the group distribution job; called only while its schedule is enabled. */
  readonly jobMinute: () => Promise<void>;
  /** Whether every minute sends this message anew while there is a reason for it. */
  readonly isRepeated: (body: string) => boolean;
  /** From when on time alone gives the minute something to do that it did not find before; null = never. */
  readonly nextTimed: () => Promise<Instant | null>;
  readonly publish: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
};

/** The functions of the project, on this context. `env` is for the publisher, which needs nothing else of it. */
export function projectFunctions(context: Context, env: Record<string, string | undefined>): Functions {
  return {
    http: {
      'start-chat': httpLambda(startChat, context),
      chats: httpLambda(chats, context),
      agents: httpLambda(agents, context),
      admin: httpLambda(admin, context),
      projects: httpLambda(projects, context),
    },
    search: searchLambda(context),
    minute: minuteLambda(context),
    jobMinute: jobMinuteLambda(context),
    isRepeated,
    // Waiting chats depend on what is written only; schedules and presence end by themselves.
    nextTimed: () => findNextTimer(context.table),
    publish: publishLambda(wirePublisher(env)),
  };
}

function isRepeated(body: string): boolean {
  try {
    return parseSearchMessage(body).kind === 'search';
  } catch {
    return false;
  }
}
