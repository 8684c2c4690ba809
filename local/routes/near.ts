import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a request comes from this machine, and not from a web page of somebody else that runs in its browser: a page
 * can send requests here (it names itself as `Origin`), or reach this server under a name of its own (`Host`).
 */
export function isNear({ headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!LOOPBACK_NAMES.has(host.replace(/:\d+$/, ''))) return false;
  return origin === undefined || origin === `http://${host}`;
}
