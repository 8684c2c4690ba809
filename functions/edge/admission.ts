import { EDGE_HEADER } from '../environment.ts';
import type { Context } from './context.ts';
import { type HttpEvent, header } from './http-event.ts';
import { Problem } from './problems.ts';
import { matchesHash } from './visitor-token.ts';

/** Throws 403 where there is an edge in front and the request did not come by it. */
export function admit({ edgeSecretHash }: Pick<Context, 'edgeSecretHash'>, event: HttpEvent): void {
  if (edgeSecretHash === null) return;
  if (matchesHash(header(event, EDGE_HEADER) ?? '', edgeSecretHash)) return;
  throw new Problem('forbidden', 'Requests must come by the edge of this deployment, not past it.');
}
