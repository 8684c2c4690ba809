import { randomUUID } from 'node:crypto';
import { Problem } from '../../functions/edge/problems.ts';
import { type Answer, problemAnswer, writeAnswer } from '../gateway/answer.ts';
import { splitTarget } from '../gateway/event.ts';
import type { Serve } from '../gateway/gateway.ts';
import { type LocalRequest, localRequest } from './local-request.ts';
import { isNear } from './near.ts';

/** The routes that exist on no deployment, by method and path. */
export type LocalRoutes = Readonly<Record<string, (request: LocalRequest) => Promise<Answer>>>;

export function isLocal(url: string | undefined): boolean {
  return /^\/local(\/|\?|$)/.test(url ?? '');
}

/** Serves the local routes. They send no CORS headers and answer no other site's pages. */
export function serveLocal(routes: LocalRoutes): Serve {
  return async (request, response) => {
    const requestId = randomUUID();
    const routeKey = `${request.method} ${splitTarget(request.url ?? '').path}`;
    const answer = async () => {
      if (!isNear(request)) {
        throw new Problem(
          'forbidden',
          'Local routes answer this machine only, not the pages of other sites.',
        );
      }
      const route = Object.hasOwn(routes, routeKey) ? routes[routeKey] : undefined;
      if (route === undefined) throw new Problem('not-found', `There is no ${routeKey}.`);
      return route(await localRequest(request, routeKey, requestId));
    };
    writeAnswer(response, await answer().catch(error => failed(error, routeKey, requestId)));
  };
}

function failed(error: unknown, routeKey: string, requestId: string): Answer {
  if (error instanceof Problem) return problemAnswer(error.code, error.message, requestId, error.errors);
  console.error(`usher: ${routeKey} failed (${requestId}).`, error);
  return problemAnswer('internal-error', 'It is logged on the standard error of Usher.', requestId);
}
