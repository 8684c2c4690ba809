import type { IncomingHttpHeaders } from 'node:http';
import { PROBLEMS, type ProblemCode } from '../../functions/edge/problems.ts';
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  POST_PROBLEMS,
  ROUTES,
  type Route,
  type RouteName,
} from '../../functions/routes.ts';
import { problemView, staffChatView, visitorChatView } from '../../functions/schemas.ts';

export type Answered = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed; null when there is none. */
  readonly body: unknown;
};

/** Every code that a route may answer with. */
export function problemsOf(name: RouteName): readonly ProblemCode[] {
  const route: Route = ROUTES[name];
  return [
    ...COMMON_PROBLEMS,
    ...(route.method === 'GET' ? [] : BODY_PROBLEMS),
    ...(route.method === 'POST' ? POST_PROBLEMS : []),
    ...route.problems,
  ];
}

/** Whether these headers are a visitor's or a widget's. */
export function isOutside({
  authorization = '',
  'x-usher-key': key,
}: Readonly<Record<string, string>>): boolean {
  return authorization.startsWith('Bearer vt_') || (authorization === '' && key !== undefined);
}

/** Throws unless the route declares this answer and it is well formed; `outside`: visitors and widgets. */
export function assertDeclared(name: RouteName, answer: Answered, outside: boolean): void {
  const told = `${name} answered ${answer.status} ${answer.text.slice(0, 500)}`;
  if (answer.headers['cache-control'] !== 'no-store') throw new Error(`${told}, which caches may keep`);
  if (answer.status >= 400) assertProblem(answer, problemsOf(name));
  else assertAnswer(name, answer, told, outside);
}

function assertAnswer(name: RouteName, answer: Answered, told: string, outside: boolean): void {
  const route: Route = ROUTES[name];
  const schema = route.answers[answer.status];
  if (schema === undefined) throw new Error(`${told}, a status it does not declare`);
  if (schema === null) {
    if (answer.text !== '') throw new Error(`${told}, where no body is declared`);
    return;
  }
  if (answer.headers['content-type'] !== 'application/json') throw new Error(`${told}, not as JSON`);
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success) throw new Error(`${told}, not what it declares: ${parsed.error.message}`);
  const { etag } = answer.body as { etag?: unknown };
  if (etag !== undefined && etag !== answer.headers.etag)
    throw new Error(`${told} with another ETag in its header: ${answer.headers.etag}`);
  const { chat } = answer.body as { chat?: unknown };
  const seen = name === 'readChat' ? answer.body : chat;
  if (seen === undefined) return;
  const view = (outside ? visitorChatView : staffChatView).safeParse(seen);
  if (!view.success) throw new Error(`${told}, which is not for this caller: ${view.error.message}`);
}

/** Throws unless the answer is a well-formed problem with one of these codes. */
export function assertProblem(answer: Answered, declared: readonly ProblemCode[]): void {
  const told = `the answer ${answer.status} ${answer.text.slice(0, 500)}`;
  if (answer.headers['content-type'] !== 'application/problem+json')
    throw new Error(`${told}, as ${answer.headers['content-type']}`);
  const problem = problemView.safeParse(answer.body);
  if (!problem.success) throw new Error(`${told}, no problem: ${problem.error.message}`);
  const { code, status, title, instance } = problem.data;
  if (!declared.includes(code)) throw new Error(`${told}, a code the route does not declare`);
  const { [code]: registered } = PROBLEMS;
  if (answer.status !== registered.status || status !== registered.status)
    throw new Error(`${told}, but ${code} is ${registered.status}`);
  if (title !== registered.title || instance === '') throw new Error(`${told}, title or instance is wrong`);
  if (status === 429 && answer.headers['retry-after'] === undefined)
    throw new Error(`${told} without Retry-After`);
}
