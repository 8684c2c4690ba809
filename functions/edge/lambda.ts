import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ChatId, ProjectId } from '../../domain/brands.ts';
import {
  type HttpFunction,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteName,
  type RoutesOf,
  routeKey,
} from '../routes.ts';
import { once, wire } from '../wiring.ts';
import { admit } from './admission.ts';
import { type Caller, identify, isOutside } from './callers.ts';
import type { Context } from './context.ts';
import type { Answer, AnyHandler, HandlerOf } from './exchange.ts';
import { callerAddress, type HttpEvent, header } from './http-event.ts';
import { begin, type Command, forget, hasKey, keep, keepingWrite } from './idempotency.ts';
import { parse } from './parse.ts';
import { problemAnswers, problemOf } from './problem-answers.ts';
import { PROBLEMS, Problem } from './problems.ts';
import { type HttpResult, respond } from './respond.ts';
import { isVouchedFor } from './vouching.ts';

/** A handler for each route of a function: leaving one out does not compile. */
export type HandlersOf<F extends HttpFunction> = { readonly [Name in RoutesOf<F>]: HandlerOf<Name> };

type Handlers = Partial<{ readonly [Name in RouteName]: HandlerOf<Name> }>;

/** The HTTP function: admit the request, identify the caller, parse, begin the command if it carries a key, call, answer. */
export function httpLambda(handlers: Handlers, context: Context) {
  const routes = new Map(
    ROUTE_NAMES.filter(name => handlers[name] !== undefined).map(name => [routeKey(ROUTES[name]), name]),
  );
  return middy()
    .use(problemAnswers(context.log))
    .handler(async (event: APIGatewayProxyEventV2): Promise<HttpResult> => {
      admit(context, event);
      const name = routes.get(event.routeKey);
      if (name === undefined) throw new Problem('not-found', 'There is no such route.');
      // The table pairs each name with its handler's types (`HandlersOf`); what `parse` returns fits them.
      return exchange(context, event, ROUTES[name], handlers[name] as unknown as AnyHandler);
    });
}

async function exchange(context: Context, event: HttpEvent, route: Route, handler: AnyHandler) {
  const caller = await identify(context, event, route);
  const parsed = parse(event, route);
  const conditions = { ifMatch: header(event, 'if-match'), ifNoneMatch: header(event, 'if-none-match') };
  const request = { ...parsed, caller, address: callerAddress(event, context), ...conditions };
  const begun = await beginVouched(context, event, caller, route, request.address);
  if (begun === null) return respond(await handler({ ...request, keepAnswer: null }, context));
  if ('replay' in begun) {
    const replay = respond(begun.replay);
    return { ...replay, headers: { ...replay.headers, 'idempotent-replayed': 'true' } };
  }
  const run = (keepAnswer: (answer: Answer) => ReturnType<typeof keepingWrite>) =>
    handler({ ...request, keepAnswer }, context);
  return respond(await carryOut(context, begun.command, run));
}

/**
 * Begins the command of a request with an Idempotency-Key, which is a write: for callers from outside only when their
 * credential holds and the limits let them in. Whom nobody vouches for is refused by the handler.
 */
async function beginVouched(
  context: Context,
  event: HttpEvent,
  caller: Caller,
  { isLimited }: Route,
  address: string,
): ReturnType<typeof begin> {
  if (!hasKey(event)) return null;
  const { projectId, chatId } = event.pathParameters as { projectId: ProjectId; chatId?: ChatId };
  if (!(await isVouchedFor(context, caller, projectId, chatId ?? null))) return null;
  const { table, now, startLimits } = context;
  return begin(context, event, caller, async () => {
    if (isLimited && isOutside(caller)) await startLimits.check({ table, projectId, address, now: now() });
  });
}

/** Runs a command and keeps its answer, unless the work has kept the same one in its own transaction. */
async function carryOut(
  context: Context,
  command: Command,
  run: (keepAnswer: (answer: Answer) => ReturnType<typeof keepingWrite>) => Promise<Answer>,
): Promise<Answer> {
  let kept: string | null = null;
  const keepAnswer = (answer: Answer) => {
    kept = JSON.stringify(answer);
    return keepingWrite(context, command, answer);
  };
  const answer = await orForget(context, command, () => run(keepAnswer));
  if (JSON.stringify(answer) !== kept) await keep(context, command, answer);
  return answer;
}

/** Refused, also for want of capacity: the same key may try again at once. After a failure nobody knows what was done. */
async function orForget(context: Context, command: Command, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (PROBLEMS[problemOf(error).code].status < 500) await forget(context, command);
    throw error;
  }
}

/** The entry of a function on AWS: wired from the environment at its first call. */
export function awsEntry(handlers: Handlers, wiring = wire) {
  const lambda = once(() => httpLambda(handlers, wiring(process.env)));
  return (event: APIGatewayProxyEventV2, invocation: Parameters<ReturnType<typeof httpLambda>>[1]) =>
    lambda()(event, invocation);
}
