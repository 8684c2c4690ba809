import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../functions.ts';
import type { Clock } from '../time/clock.ts';
import type { Gate } from '../time/gate.ts';
import { type Answer, problemAnswer, writeAnswer } from './answer.ts';
import { readBody } from './body.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { gatewayEvent, splitTarget } from './event.ts';
import { invocationOf } from './invocation.ts';
import { type Match, routeMatcher } from './match.ts';

/** API Gateway's own bounds of an HTTP API. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;
const ANSWER_WITHIN_MS = 30_000;

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The HTTP API in front of the functions. */
export function openGateway(functions: Functions['http'], clock: Clock, gate: Gate): Serve {
  const match = routeMatcher();

  return async (request, response) => {
    if (request.method === 'OPTIONS') {
      return writeAnswer(response, { statusCode: 204 }, preflightHeaders(request));
    }
    const requestId = randomUUID();
    const answer = await answerTo(request, response, requestId);
    writeAnswer(response, answer, { ...corsHeaders(request), 'apigw-requestid': requestId });
  };

  async function answerTo(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): Promise<Answer> {
    const { path } = splitTarget(request.url ?? '/');
    if (!isDecodable(path))
      return problemAnswer('invalid-request', 'The path is not well encoded.', requestId);
    const found = match(request.method ?? '', path);
    if (found === null) {
      return problemAnswer('not-found', `There is no ${request.method} ${path}.`, requestId);
    }
    const body = await readBody(request, BODY_BYTES_MAX);
    if (body === null) {
      response.setHeader('connection', 'close');
      return problemAnswer('body-too-large', 'The gateway takes no body above 10 MB.', requestId);
    }
    return gate.together(() => invoke(found, gatewayEvent(request, found, body, requestId, clock.now())));
  }

  async function invoke({ route }: Match, event: ReturnType<typeof gatewayEvent>): Promise<Answer> {
    const { requestId } = event.requestContext;
    const { promise: tooLate, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => {
      resolve(problemAnswer('unavailable', 'The function did not answer in time.', requestId));
    }, ANSWER_WITHIN_MS);
    try {
      const invocation = invocationOf(route.function, requestId, ANSWER_WITHIN_MS);
      return await Promise.race([functions[route.function](event, invocation), tooLate]);
    } catch (error) {
      console.error(`usher: ${event.routeKey} failed (${requestId}).`, error);
      return problemAnswer(
        'internal-error',
        'It is not your fault, and it is logged under this instance.',
        requestId,
      );
    } finally {
      clearTimeout(timer);
    }
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
