import fc from 'fast-check';
import * as z from 'zod';
import { type CallerKind, ROUTE_NAMES, ROUTES, type Route, type RouteName } from '../../functions/routes.ts';

/**
 * Requests of every kind, right, nearly right and wrong. Their shape comes from the schemas of the route table; what is
 * said in each text field stands here, by the name of the field: one that is missing throws when this is loaded.
 */
export type AnyRequest = {
  readonly route: RouteName;
  /** One of the names in `Present`. */
  readonly as: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** As sent; null = none. `chat:open` in it, as in `ids` and `query`, stands for the chat of that name (`named`). */
  readonly text: string | null;
};

/** Who and what is there to be named: callers of each kind, who only tries to be one, and chats. */
export type Present = {
  readonly callers: Readonly<Record<CallerKind, readonly string[]>>;
  readonly others: readonly string[];
  readonly chats: readonly string[];
};

export function anyRequest(present: Present): fc.Arbitrary<AnyRequest> {
  return fc.oneof(...ROUTE_NAMES.map(name => requestTo(name, present)));
}

/** Puts ids in the place of the names of chats, of their visitors and of their first messages. */
export function named(value: string, ids: Readonly<Record<string, string>>): string {
  return value.replace(/(chat|visitor|message):([a-z]+)/g, (name, kind: string, of: string) => {
    const id = ids[of];
    if (id === undefined || kind === 'chat') return id ?? name;
    return kind === 'visitor' ? id.replace('chat_', 'vis_') : `${id.replace('chat_', 'msg_')}_000001`;
  });
}

/** What `z.toJSONSchema` makes of the schemas in use. */
export type Shape = {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: Shape;
  readonly maxProperties?: number;
  readonly items?: Shape;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
};

/** What a schema takes, as plain data. */
export function shapeOf(schema: z.ZodType): Shape {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
}

/** fast-check's own takes seconds to list them all. */
const anyCharacter = fc.integer({ min: 0, max: 0x10ffff }).map(point => String.fromCodePoint(point));
const oddText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.array(anyCharacter, { maxLength: 10 }).map(characters => characters.join('')),
  fc.constantFrom('', ' ', '%', '%2F', '../x', '__proto__', 'constructor', 'a#b', 'null', '\u0000'),
  fc.constantFrom('x'.repeat(65), 'x'.repeat(300), '\ud800', 'e\u0301'.repeat(200), '\u202e', "' OR 1=1 --"),
);
const text = fc.oneof(
  fc.constantFrom('Name', 'Grüße', '說話', '🙂'),
  fc.string({ minLength: 1, maxLength: 20 }),
);
const oddJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  oddText,
  fc.constantFrom(null, -1, 0.5, 1e21, Number.MAX_SAFE_INTEGER, true, [], {}, [[]], { a: { b: [] } }),
);

const agentId = fc.constantFrom('ada', 'ada', 'ben', 'cyd', 'nobody');
const groupId = fc.constantFrom('line-1', 'line-2', 'line-2', 'no-group');
const channelId = fc.constantFrom('web', 'web', 'phone', 'rare', 'no-channel');
const clock = fc.constantFrom('00:00', '09:00', '17:30', '23:59');

/** What is said in the text fields, by name; a list's items go by the name of the list. */
function textsOf({ chats }: Present): Readonly<Record<string, fc.Arbitrary<string>>> {
  const chat = fc.constantFrom(...chats);
  return {
    projectId: fc.oneof(
      { weight: 20, arbitrary: fc.constant('acme') },
      { weight: 1, arbitrary: fc.constantFrom('elsewhere', 'no-project') },
    ),
    agentId,
    groupId,
    channelId,
    chatId: chat.map(of => `chat:${of}`),
    visitorId: chat.map(of => `visitor:${of}`),
    agentIds: agentId,
    groups: groupId,
    channels: channelId,
    name: text,
    message: text,
    text,
    reason: text,
    attributes: text,
    timeZone: fc.constantFrom('Europe/Berlin', 'Antarctica/Troll', 'UTC', 'Mars/Phobos', '+01:00'),
    from: clock,
    to: clock,
    allowedOrigins: fc.constantFrom(
      'https://shop.example',
      'http://localhost:8080',
      'https://a.example/b',
      'ftp://c',
    ),
    limit: fc.constantFrom('1', '2', '50', '100', '0', '101', '007'),
    cursor: fc.constantFrom('MQ', 'YWRh', 'd2Vi', 'Y2hhdA', '.', 'MWU5OTk'),
    after: fc.oneof(
      chat.map(of => `message:${of}`),
      fc.constantFrom('1', '#', '', 'msg_1_-00001'),
    ),
  };
}

/** Values that a schema takes; with `wrong` 1 something that it does not take is in many of them. */
export function valuesFor(schema: z.ZodType, present: Present, wrong: Wrong): fc.Arbitrary<unknown> {
  return valuesOf(shapeOf(schema), 'body', textsOf(present), wrong);
}

/** How often something wrong is put in: never, or here and there. */
type Wrong = 0 | 1;

/** Values of a shape. Throws where a text field has nothing to say. */
function valuesOf(
  shape: Shape,
  name: string,
  texts: ReturnType<typeof textsOf>,
  wrong: Wrong,
): fc.Arbitrary<unknown> {
  const right = rightValues(shape, name, texts, wrong);
  return wrong === 0 ? right : fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: oddJson });
}

function rightValues(
  shape: Shape,
  name: string,
  texts: ReturnType<typeof textsOf>,
  wrong: Wrong,
): fc.Arbitrary<unknown> {
  const { anyOf, const: only, enum: all, items, properties, additionalProperties: values } = shape;
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(one => valuesOf(one, name, texts, wrong)));
  if (only !== undefined) return fc.constant(only);
  if (all !== undefined) return fc.constantFrom(...all);
  if (items !== undefined) return fc.array(valuesOf(items, name, texts, wrong), { maxLength: 3 });
  if (properties !== undefined) return objectOf(shape, texts, wrong);
  if (typeof values === 'object')
    return fc.dictionary(text, valuesOf(values, name, texts, wrong), { maxKeys: 3 });
  switch (shape.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return numberOf(shape, wrong);
    case 'string':
      if (texts[name] !== undefined) return texts[name];
  }
  throw new Error(`any-request.ts has nothing to say in the field ${name}`);
}

function objectOf(
  { properties = {}, required = [] }: Shape,
  texts: ReturnType<typeof textsOf>,
  wrong: Wrong,
): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, shape]) => [
    name,
    valuesOf(shape, name, texts, wrong),
  ]);
  const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(fields);
  const right = fc.record(model, { requiredKeys: [...required] });
  if (wrong === 0) return right;
  const without = fc.record(model, { requiredKeys: [] });
  const beside = fc.tuple(right, oddText, oddJson).map(([value, key, odd]) => ({ ...value, [key]: odd }));
  return fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 1, arbitrary: without },
    { weight: 1, arbitrary: beside },
  );
}

/** Mostly small, for the effects of large ones hide what others could do; now and then at a bound or past it. */
function numberOf({ minimum = 0, maximum = 0 }: Shape, wrong: Wrong): fc.Arbitrary<number> {
  const small = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 5) });
  const bounds = fc.constantFrom(minimum, maximum);
  const past = fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5, -0);
  return fc.oneof(
    { weight: 8, arbitrary: small },
    { weight: 2, arbitrary: bounds },
    ...(wrong === 1 ? [{ weight: 1, arbitrary: past }] : []),
  );
}

function requestTo(name: RouteName, present: Present): fc.Arbitrary<AnyRequest> {
  const route: Route = ROUTES[name];
  const texts = textsOf(present);
  return fc.record({
    route: fc.constant(name),
    as: callerOf(route, present),
    ids: idsOf(route, texts),
    query: queryOf(route, texts),
    headers: headersOf(route),
    text: route.method === 'GET' ? fc.constant(null) : textFor(route, texts),
  });
}

function callerOf({ who }: Route, { callers, others }: Present): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 16, arbitrary: fc.constantFrom(...who.flatMap(kind => callers[kind])) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(callers).flat()) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  );
}

/** Dots are what a client makes a step up of before it sends them. */
const oddId = oddText.map(value => value.toWellFormed()).filter(value => !['', '.', '..'].includes(value));
function idsOf({ params }: Route, texts: ReturnType<typeof textsOf>): fc.Arbitrary<Record<string, string>> {
  const ids = Object.entries(shapeOf(params).properties ?? {}).map(([name, shape]) => [
    name,
    idOf(valuesOf(shape, name, texts, 0).map(String)),
  ]);
  return fc.record(Object.fromEntries(ids));
}
function idOf(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 25, arbitrary: right }, { weight: 1, arbitrary: oddId });
}

function queryOf({ query }: Route, texts: ReturnType<typeof textsOf>): fc.Arbitrary<Record<string, string>> {
  const shape = shapeOf(query);
  const wild = fc.dictionary(oddText, oddText, { maxKeys: 3 });
  const some = (wrong: Wrong) => objectOf(shape, texts, wrong) as fc.Arbitrary<Record<string, unknown>>;
  const isTaken = Object.keys(shape.properties ?? {}).length > 0;
  return fc
    .oneof(
      { weight: 10, arbitrary: fc.constant({}) },
      { weight: isTaken ? 10 : 1, arbitrary: some(0) },
      { weight: 2, arbitrary: some(1) },
      { weight: 1, arbitrary: wild },
    )
    .map(wellFormed);
}

function wellFormed(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const fields = Object.entries(given).map(([name, value]) =>
    [name, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')].map(one => one.toWellFormed()),
  );
  return Object.fromEntries(fields);
}

const oddHeader = fc.constantFrom<Readonly<Record<string, string>>>(
  { 'if-match': '"1"' },
  { 'if-match': 'W/"x", ,' },
  { 'if-match': ','.repeat(5_000) },
  { 'if-none-match': '*' },
  { 'idempotency-key': 'k'.repeat(300) },
  { 'idempotency-key': 'é' },
  { 'idempotency-key': '' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=latin1' },
  { 'content-type': 'APPLICATION/JSON' },
  { 'content-type': 'multipart/form-data' },
  { 'content-type': 'application/octet-stream' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'x-usher-key': 'pk_acme' },
  { 'x-usher-key': '' },
  { authorization: 'Bearer \u00ff' },
  { authorization: 'Basic b3duZXI6b3duZXI=' },
  { authorization: '' },
  { cookie: 'a=b; c' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': '127.0.0.1' },
);

function headersOf({ method, problems }: Route): fc.Arbitrary<Readonly<Record<string, string>>> {
  const none = { weight: 10, arbitrary: fc.constant({}) };
  const odd = { weight: 2, arbitrary: oddHeader };
  const two = { weight: 1, arbitrary: fc.tuple(oddHeader, oddHeader).map(([a, b]) => ({ ...a, ...b })) };
  const key = fc.integer({ min: 1, max: 40 }).map(number => ({ 'idempotency-key': `key-${number}` }));
  const any = fc.constantFrom({ 'if-match': '*' }, { 'if-match': '"1"' });
  return fc.oneof(
    none,
    odd,
    two,
    ...(method === 'POST' ? [{ weight: 5, arbitrary: key }] : []),
    ...(problems.includes('stale-version') ? [{ weight: 3, arbitrary: any }] : []),
    ...(problems.includes('if-match-required')
      ? [{ weight: 20, arbitrary: fc.constant({ 'if-match': '*' }) }]
      : []),
  );
}

function textFor({ body }: Route, texts: ReturnType<typeof textsOf>): fc.Arbitrary<string | null> {
  const json = (value: unknown) => JSON.stringify(value) ?? '';
  const none = fc.constant(null);
  const wild = fc.oneof(oddText, oddJson.map(json));
  if (body === null) return fc.oneof({ weight: 6, arbitrary: none }, { weight: 1, arbitrary: wild });
  const shape = shapeOf(body);
  return fc.oneof(
    { weight: 8, arbitrary: valuesOf(shape, 'body', texts, 0).map(json) },
    { weight: 5, arbitrary: valuesOf(shape, 'body', texts, 1).map(json) },
    { weight: 1, arbitrary: wild },
    { weight: 1, arbitrary: none },
  );
}
