import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { errorCode } from '../error-code.ts';
import type { Serve } from './gateway.ts';

export type Listening = { readonly port: number; readonly close: () => Promise<void> };

const PORTS_TRIED_MAX = 20;
const LOOPBACK_V4 = '127.0.0.1';
const LOOPBACK_V6 = '::1';

/**
 * Listens on loopback only, on both of its addresses where there are two: `localhost` may mean either. A port that is
 * taken gives way to the next free one; 0 = any.
 */
export async function listenOnLoopback(port: number, serve: Serve): Promise<Listening> {
  for (let tried = port; tried < port + PORTS_TRIED_MAX; tried += port === 0 ? 0 : 1) {
    const listening = await listenOn(tried, serve);
    if (listening !== null) return listening;
  }
  throw new Error(
    `The ports ${port} to ${port + PORTS_TRIED_MAX - 1} are all taken. Name a free one: PORT=8000 npm start`,
  );
}

async function listenOn(port: number, serve: Serve): Promise<Listening | null> {
  const v4 = await bind(LOOPBACK_V4, port, serve);
  if (v4 === 'taken') return null;
  if (v4 === 'no-address') throw new Error(`${LOOPBACK_V4} cannot be listened on.`);
  const v6 = await bind(LOOPBACK_V6, portOf(v4), serve);
  if (v6 === 'taken') {
    await shut(v4);
    return null;
  }
  const servers = v6 === 'no-address' ? [v4] : [v4, v6];
  return {
    port: portOf(v4),
    async close() {
      await Promise.all(servers.map(shut));
    },
  };
}

async function bind(host: string, port: number, serve: Serve): Promise<Server | 'taken' | 'no-address'> {
  const server = createServer((request, response) => {
    serve(request, response).catch(error => {
      console.error(`usher: ${request.method} ${request.url} failed.`, error);
      response.destroy();
    });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EADDRINUSE') return 'taken';
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return 'no-address';
    if (code === 'EACCES')
      throw new Error(`Port ${port} is not allowed here. Name another: PORT=8000 npm start`);
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

const FINISH_WITHIN_MS = 5_000;

/** What is under way may finish; whoever is merely connected is let go. */
async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_WITHIN_MS);
  await closed;
  clearTimeout(timer);
}
