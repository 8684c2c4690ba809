import * as z from 'zod';
import { FINDING_CODES } from '../../domain/check.ts';
import { DECISION_OUTCOMES, TRIGGERS, WHY_CODES } from '../../domain/decision.ts';
import {
  BODY_PROBLEMS,
  CALLERS,
  type CallerKind,
  COMMON_PROBLEMS,
  POST_PROBLEMS,
  ROUTE_NAMES,
  ROUTES,
  type Route,
} from '../routes.ts';
import { problemView } from '../schemas.ts';
import { EVENT_TYPES } from '../stream/events.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';

/** The OpenAPI 3.1 document, made from the route table and its schemas: what integrators read. */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Usher',
      version: '1',
      description:
        "Decides which agent gets a customer's chat and takes that agent's capacity in one atomic write.",
    },
    paths,
    components: {
      schemas: { ...namedSchemas(), ...codeLists() },
      securitySchemes: {
        widgetKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-usher-key',
          description: "The project's public key.",
        },
        visitorToken: { type: 'http', scheme: 'bearer', description: 'Given when the chat was started.' },
        jwt: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Agents, bots, operators, owners.',
        },
      },
    },
  };
}

function namedSchemas() {
  json(problemView, 'output');
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every closed set of codes, each as one list. */
function codeLists() {
  const list = (values: readonly string[], description: string) => ({
    type: 'string',
    enum: values,
    description,
  });
  return {
    ProblemCode: list(Object.keys(PROBLEMS), 'The stable codes of problems.'),
    DecisionOutcome: list(DECISION_OUTCOMES, 'How a decision ended.'),
    DecisionTrigger: list(TRIGGERS, 'What made Usher decide.'),
    Why: list(WHY_CODES, 'What ruled an agent out, or placed it behind.'),
    FindingCode: list(FINDING_CODES, 'Settings that can never route.'),
    EventType: list(EVENT_TYPES, 'The detail types on the event bus.'),
    Caller: list(CALLERS, 'The kinds of caller.'),
  };
}

function operation(name: string, route: Route) {
  return {
    operationId: name,
    summary: route.summary,
    'x-who': route.who,
    security: securityOf(route.who),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query'), ...headers(route)],
    ...(route.body !== null && {
      requestBody: { required: true, content: { 'application/json': { schema: json(route.body, 'input') } } },
    }),
    responses: { ...answers(route), ...problems(route) },
  };
}

function securityOf(who: readonly CallerKind[]) {
  const schemes = who.map(kind =>
    kind === 'widget' ? 'widgetKey' : kind === 'visitor' ? 'visitorToken' : 'jwt',
  );
  return [...new Set(schemes)].map(scheme => ({ [scheme]: [] }));
}

function parameters(schema: z.ZodObject, where: 'path' | 'query') {
  const { properties = {}, required = [] } = json(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, type]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: type,
  }));
}

function headers({ method, problems: codes }: Route) {
  const header = (name: string, description: string, required = false) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(method === 'POST'
      ? [
          header(
            'Idempotency-Key',
            'Makes a repeated request give the same answer once done; kept 24 hours. Use a random UUID: widgets of a project share one scope.',
          ),
        ]
      : []),
    ...(codes.includes('stale-version')
      ? [header('If-Match', 'The ETag that was read.', codes.includes('if-match-required'))]
      : []),
  ];
}

function answers({ answers: byStatus, problems: codes }: Route) {
  const etag = codes.includes('stale-version') ? { headers: { ETag: { schema: { type: 'string' } } } } : {};
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done; no body.' }
        : {
            description: 'The answer.',
            ...etag,
            content: { 'application/json': { schema: json(schema, 'output') } },
          },
    ]),
  );
}

function problems(route: Route) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map(code => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** Every problem a route can answer with. */
function problemsOf(route: Route): readonly ProblemCode[] {
  return [
    ...COMMON_PROBLEMS,
    ...(route.method === 'GET' ? [] : BODY_PROBLEMS),
    ...(route.method === 'POST' ? POST_PROBLEMS : []),
    ...route.problems,
  ];
}

const named: Record<string, unknown> = {};

/** A schema in the document's terms. Schemas with an id stand once among the components and are referred to. */
function json(schema: z.ZodType, io: 'input' | 'output'): object {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = JSON.parse(JSON.stringify(made).replaceAll('#/$defs/', '#/components/schemas/'));
  Object.assign(named, $defs);
  if (typeof rest.id !== 'string') return rest;
  named[rest.id] = rest;
  return { $ref: `#/components/schemas/${rest.id}` };
}
