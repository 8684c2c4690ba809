import type { Logger } from '@aws-lambda-powertools/logger';
import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isLostAnswer, isThrottle } from '../store/client.ts';
import { Problem } from './problems.ts';
import { type HttpResult, respondProblem } from './respond.ts';

/** Turns whatever a handler threw into a problem. The client sees the code, the log sees the cause. */
export function problemAnswers(log: Logger): MiddlewareObj<APIGatewayProxyEventV2, HttpResult, Error> {
  return {
    onError(request) {
      const { requestId } = request.event.requestContext;
      const problem = problemOf(request.error);
      if (!(request.error instanceof Problem)) {
        log.error('a request failed', { requestId, routeKey: request.event.routeKey, error: request.error });
      }
      request.response = respondProblem(problem, requestId);
    },
  };
}

/** What the client is told of an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isThrottle(error)) return new Problem('busy', 'The table has no capacity left. Try again in a moment.');
  if (error instanceof TransactionConflictException) {
    return new Problem('busy', 'Others are changing the same at this moment. Try again in a moment.');
  }
  if (isLostAnswer(error)) {
    return new Problem(
      'unavailable',
      'The store did not answer in time. Repeat it with the same Idempotency-Key.',
    );
  }
  return new Problem('internal-error', 'It is not your fault, and it is logged under this instance.');
}
