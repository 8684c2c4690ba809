import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { readBody } from '../gateway/body.ts';
import type { Clock } from '../time/clock.ts';
import type { DeliveredEvent, EventLog } from './event-log.ts';
import type { Rules } from './rules.ts';

/**
 * The part of EventBridge that Usher calls, in its own wire protocol (AWS JSON 1.1): `PutEvents`, and the switch of a
 * schedule, `EnableRule` and `DisableRule`.
 */
export type EventBusEngine = { readonly endpoint: string; readonly close: () => Promise<void> };

const ENTRIES_MAX = 10;
const REQUEST_BYTES_MAX = 1024 * 1024;

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  /** Seconds since the epoch. */
  Time: z.number().optional(),
});
type Entry = z.infer<typeof entry>;
const putEvents = z.object({ Entries: z.array(entry).min(1).max(ENTRIES_MAX) });

const ruleNamed = z.object({ Name: z.string().min(1) });

type EntryResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

type Bus = {
  readonly log: EventLog;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly region: string;
};

export async function startEventBusEngine(bus: Bus): Promise<EventBusEngine> {
  const server = createServer((request, response) => {
    answer(request, response, bus).catch(() => refuse(response, 500, 'InternalException', 'failed'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the event bus has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, bus: Bus): Promise<void> {
  const body = await readBody(request, REQUEST_BYTES_MAX);
  // A web page cannot send this type without being asked first, and is not answered then.
  if (request.headers['content-type'] !== 'application/x-amz-json-1.1') {
    return refuse(response, 415, 'UnsupportedMediaType', 'application/x-amz-json-1.1 is what this takes');
  }
  const operation = request.headers['x-amz-target'];
  const asked = body === null ? undefined : parseJson(body);
  switch (operation) {
    case 'AWSEvents.PutEvents':
      return put(response, bus, asked);
    case 'AWSEvents.EnableRule':
    case 'AWSEvents.DisableRule':
      return switchRule(response, bus, asked, operation === 'AWSEvents.EnableRule');
    default:
      refuse(response, 400, 'UnknownOperationException', `${operation ?? 'nothing'} is not offered here`);
  }
}

function switchRule(response: ServerResponse, { rules }: Bus, asked: unknown, enabled: boolean): void {
  const parsed = ruleNamed.safeParse(asked);
  if (!parsed.success) {
    refuse(response, 400, 'ValidationException', 'Name is required');
    return;
  }
  rules.set(parsed.data.Name, enabled);
  send(response, 200, {});
}

function put(response: ServerResponse, { log, clock, region }: Bus, asked: unknown): void {
  const parsed = putEvents.safeParse(asked);
  if (!parsed.success) {
    refuse(response, 400, 'ValidationException', `1 to ${ENTRIES_MAX} entries of 1 MB at most are taken`);
    return;
  }
  const results = parsed.data.Entries.map(one => deliver(one, clock, region));
  log.append(results.flatMap(({ event }) => (event === null ? [] : [event])));
  send(response, 200, {
    FailedEntryCount: results.filter(({ event }) => event === null).length,
    Entries: results.map(({ result }) => result),
  });
}

function deliver(
  put: Entry,
  clock: Clock,
  region: string,
): { event: DeliveredEvent | null; result: EntryResult } {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!put[name])
      return failed('InvalidArgument', `Parameter ${name} is not valid. Reason: it is required.`);
  }
  const detail = parseJson(Buffer.from(put.Detail ?? ''));
  if (typeof detail !== 'object' || detail === null) return failed('MalformedDetail', 'Detail is malformed.');
  const event: DeliveredEvent = {
    version: '0',
    id: randomUUID(),
    'detail-type': put.DetailType ?? '',
    source: put.Source ?? '',
    account: '000000000000',
    // EventBridge's own form, to the second; the exact time is in the detail.
    time: new Date(put.Time === undefined ? clock.now() : put.Time * 1_000)
      .toISOString()
      .replace(/\.\d+/, ''),
    region,
    resources: put.Resources ?? [],
    detail,
  };
  return { event, result: { EventId: event.id } };
}

function failed(ErrorCode: string, ErrorMessage: string) {
  return { event: null, result: { ErrorCode, ErrorMessage } };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  send(response, status, { __type: type, message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
