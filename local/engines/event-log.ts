import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import type { DataFolder } from '../storage/data-folder.ts';

/** An event as EventBridge delivers it. */
export type DeliveredEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
};

export type EventLog = {
  readonly append: (events: readonly DeliveredEvent[]) => void;
  /** Up to `limit` events after the one with this id, or from the first; null = there is no event with that id. */
  readonly after: (
    id: string | null,
    limit: number,
  ) => { readonly events: DeliveredEvent[]; more: boolean } | null;
  readonly clear: () => void;
};

/** What was put on the bus, in order; a line of JSON each. */
export function openEventLog(folder: DataFolder): EventLog {
  const path = folder.within('events.ndjson');
  const lines: string[] = path === null ? [] : readWhole(path);
  const positions = new Map(lines.map((line, position) => [idOf(line), position]));
  return {
    append(events) {
      const added = events.map(event => JSON.stringify(event));
      if (path !== null) appendFileSync(path, added.map(line => `${line}\n`).join(''), { mode: 0o600 });
      for (const [index, line] of added.entries()) {
        positions.set(events[index]?.id ?? '', lines.length);
        lines.push(line);
      }
    },
    after(id, limit) {
      const position = id === null ? -1 : positions.get(id);
      if (position === undefined) return null;
      const events = lines.slice(position + 1, position + 1 + limit).map(line => JSON.parse(line));
      return { events, more: lines.length > position + 1 + events.length };
    },
    clear() {
      if (path !== null && existsSync(path)) truncateSync(path);
      lines.length = 0;
      positions.clear();
    },
  };
}

function idOf(line: string): string {
  return (JSON.parse(line) as DeliveredEvent).id;
}

/** The whole lines of the file. What a crash left of a last one is cut off: its events are put again. */
function readWhole(path: string): string[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(path, end);
  const text = bytes.subarray(0, end).toString('utf8');
  return text === '' ? [] : text.slice(0, -1).split('\n');
}
