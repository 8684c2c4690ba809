import type { AgentId, Instant, ProjectId, VisitorId } from '../../domain/brands.ts';
import type { Route } from '../routes.ts';
import { readAgent } from '../store/agents.ts';
import type { Context } from './context.ts';
import { type HttpEvent, header } from './http-event.ts';
import { Problem } from './problems.ts';
import type { Bearer } from './tokens.ts';
import { hashToken, isVisitorToken, visitorOf } from './visitor-token.ts';

/**
 * Who calls. The roles of a JWT are checked here. A widget's key and a visitor's token are only read here: they are
 * checked by the route against the project's and the chat's row, which it reads anyway.
 */
export type Caller =
  | { readonly kind: 'widget'; readonly key: string; readonly origin: string | null }
  | {
      readonly kind: 'visitor';
      readonly visitorId: VisitorId;
      readonly token: string;
      readonly origin: string | null;
    }
  | { readonly kind: 'agent'; readonly agentId: AgentId; readonly subject: string }
  | { readonly kind: 'bot' | 'operator' | 'owner'; readonly subject: string };

/** Throws 401 without usable credentials and 403 when the caller's kind may not use the route. Default deny. */
export async function identify(context: Context, event: HttpEvent, route: Route): Promise<Caller> {
  const candidates = (await callersOf(context, event)).filter(({ kind }) => route.who.includes(kind));
  // Who has several roles calls in the one that may the most.
  const caller = candidates.find(({ kind }) => kind === 'operator' || kind === 'owner') ?? candidates[0];
  if (caller === undefined) throw new Problem('forbidden', `This route is for: ${route.who.join(', ')}.`);
  if (caller.kind === 'agent')
    await demandActive(context, event.pathParameters?.projectId as ProjectId, caller);
  return caller;
}

/**
 * Whoever was deactivated or removed loses its access, whatever its token still says. Read at half the price first: what
 * that refuses may be an agent that was added a moment ago.
 */
async function demandActive(
  { table }: Context,
  projectId: ProjectId,
  { agentId }: { readonly agentId: AgentId },
): Promise<void> {
  for (const eventually of [true, false]) {
    const agent = await readAgent(table, projectId, agentId, eventually);
    if (agent?.active) return;
  }
  throw new Problem('forbidden', 'The agent of this token is not active in this project.');
}

async function callersOf(context: Context, event: HttpEvent): Promise<readonly Caller[]> {
  const origin = header(event, 'origin');
  const token = bearerToken(event);
  if (token === null) {
    const key = header(event, 'x-usher-key');
    if (key === null)
      throw new Problem('unauthenticated', 'Send a bearer token, or x-usher-key from a widget.');
    return [{ kind: 'widget', key, origin }];
  }
  if (isVisitorToken(token)) {
    const visitorId = visitorOf(token);
    if (visitorId === null) throw new Problem('unauthenticated', 'The visitor token is malformed.');
    return [{ kind: 'visitor', visitorId, token, origin }];
  }
  const bearer = await verified(context, token, context.now());
  return rolesIn(bearer, event.pathParameters?.projectId as ProjectId | undefined);
}

async function verified(context: Context, token: string, now: Instant): Promise<Bearer> {
  const bearer = await context.verifyToken(token, now);
  if (bearer === null) throw new Problem('unauthenticated', 'The token is not valid, or no longer.');
  return bearer;
}

function bearerToken(event: HttpEvent): string | null {
  const authorization = header(event, 'authorization');
  if (authorization === null) return null;
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
  if (token === undefined)
    throw new Problem('unauthenticated', 'The Authorization header must be "Bearer <token>".');
  return token;
}

/** The roles that a token's groups give in this project: `owner`, `operator:{p}`, `agent:{p}:{a}`, `bot:{p}`. */
function rolesIn({ subject, groups }: Bearer, project: ProjectId | undefined): readonly Caller[] {
  return groups.flatMap((group): Caller[] => {
    const [role, ofProject, agentId, ...rest] = group.split(':');
    if (rest.length > 0) return [];
    if (role === 'owner' && ofProject === undefined) return [{ kind: 'owner', subject }];
    if (project === undefined || ofProject !== project) return [];
    if (role === 'agent' && agentId) return [{ kind: 'agent', agentId: agentId as AgentId, subject }];
    if ((role === 'operator' || role === 'bot') && agentId === undefined) return [{ kind: role, subject }];
    return [];
  });
}

/** A stable name of the caller, to keep the idempotency keys of different callers apart. */
export function callerName(caller: Caller): string {
  switch (caller.kind) {
    case 'widget':
      return `widget:${caller.key}`;
    case 'visitor':
      // With the whole token: who only knows a visitor's id must not meet its kept answers.
      return `visitor:${hashToken(caller.token)}`;
    case 'agent':
      return `agent:${caller.agentId}`;
    default:
      return `${caller.kind}:${caller.subject}`;
  }
}

/** An agent may do this to itself only; operators and owners to any. */
export function onlyOwnSelf(caller: Caller, agentId: AgentId): void {
  if (caller.kind === 'agent' && caller.agentId !== agentId) {
    throw new Problem('forbidden', 'An agent may only do this for itself.');
  }
}

/** Widgets and visitors: whoever they are. */
export function isOutside({ kind }: Caller): boolean {
  return kind === 'visitor' || kind === 'widget';
}
