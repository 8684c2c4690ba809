/**
 * The registry of problem codes: what a caller can be told instead of an answer (RFC 9457, `application/problem+json`).
 * A code is stable; its status and title stand here and nowhere else.
 */
export const PROBLEMS = {
  'malformed-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-request': { status: 400, title: 'The request is malformed' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one of ours' },
  'invalid-idempotency-key': { status: 400, title: 'The Idempotency-Key is malformed' },
  unauthenticated: { status: 401, title: 'No or bad credentials' },
  forbidden: { status: 403, title: 'These credentials may not do this' },
  'origin-not-allowed': { status: 403, title: 'This origin may not start chats here' },
  'not-offered': { status: 403, title: 'The chat was not offered to this agent' },
  'not-your-chat': { status: 403, title: 'The chat belongs to another agent' },
  'not-found': { status: 404, title: 'Not there, or not yours' },
  'already-taken': { status: 409, title: 'Another agent has the chat' },
  'state-forbids': { status: 409, title: 'The state of the chat forbids this' },
  'chat-closed': { status: 409, title: 'The chat is closed' },
  'no-room': { status: 409, title: 'The agent has no room for the chat' },
  'agent-inactive': { status: 409, title: 'The agent is not active' },
  'agent-not-online': { status: 409, title: 'The agent is not online' },
  'no-agent-available': { status: 409, title: 'Nobody of the group can take the chat' },
  'agent-has-chats': { status: 409, title: 'The agent has chats that are not closed' },
  'channel-in-use': { status: 409, title: 'Chats on the channel are not closed' },
  'group-being-removed': { status: 409, title: 'The group is being removed' },
  'primary-group-needed': { status: 409, title: 'The policy in force needs this group, with a member' },
  'outside-schedule': { status: 409, title: 'The agent is outside the hours of its schedule' },
  'in-progress': { status: 409, title: 'The same request is still at work' },
  'stale-version': { status: 412, title: 'It was changed since you read it' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'unknown-channel': { status: 422, title: 'There is no such channel' },
  'unknown-group': { status: 422, title: 'There is no such group' },
  'unknown-agent': { status: 422, title: 'There is no such agent' },
  'unknown-visitor': { status: 422, title: 'There is no such visitor' },
  'no-primary-group': { status: 422, title: 'The policy needs a primary group with a member' },
  'too-many-agents': { status: 422, title: 'More agents than one call may edit' },
  'policy-has-no-group': { status: 422, title: 'The policy in force has no groups to ask for' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key was used for another request' },
  'if-match-required': { status: 428, title: 'Send If-Match with the ETag you read' },
  busy: { status: 429, title: 'Too much at once; nothing was changed' },
  'too-many-starts': { status: 429, title: 'Too many chats are started from here' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The store cannot be reached' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export type FieldError = { readonly path: string; readonly message: string };

type ProblemDetails = {
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
};

/** Thrown at the edge only, to leave a handler with a coded answer; expected failures inside are values. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[] | undefined;
  /** When trying again may help, where that is known. */
  readonly retryAfterSeconds: number;

  constructor(code: ProblemCode, detail: string, { errors, retryAfterSeconds = 1 }: ProblemDetails = {}) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
