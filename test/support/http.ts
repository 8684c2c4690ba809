import { Agent as Connections, request } from 'node:http';
import { ROUTES, type RouteName } from '../../functions/routes.ts';
import { type LaptopOptions, startLaptop } from '../../local/laptop.ts';
import { type Answered, assertDeclared, isOutside } from '../http/declared.ts';
import { type Ask, type Credentials, openProject, type ProjectGiven } from '../http/project.ts';

/** Usher on a laptop, and projects in it, as callers of the HTTP API meet them. */

export type { Ask, Credentials, DecisionSeen, Project } from '../http/project.ts';

export const NOBODY: Credentials = {};

/** Comes between Usher and its table: may throw, or hold a command back. `command` as `TransactWriteItemsCommand`. */
export type Interference = (command: string, input: unknown) => unknown;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** One laptop that keeps nothing; `project` makes as many separate projects in it as there are tests. */
export async function openWorld(
  functions: NonNullable<LaptopOptions['functions']> = real => real,
  env: NonNullable<LaptopOptions['env']> = {},
) {
  const laptop = await startLaptop({ port: 0, dataDir: 'memory', demo: false, quiet: true, functions, env });
  laptop.context.log.setLogLevel('SILENT');
  const connections = new Connections({ keepAlive: true });
  const { port } = new URL(laptop.url);
  const tokens = new Map<string, Promise<string>>();
  let interference: Interference | null = null;
  let projects = 0;

  laptop.context.table.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        await interference?.(commandName, args.input);
        return next(args);
      },
    { step: 'initialize', name: 'interference' },
  );

  /** Sends bytes as they are and hands back what came. */
  function send(method: string, path: string, headers: Credentials, body?: string): Promise<Answered> {
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    // A DELETE with a body has no length unless it is said.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: connections,
      headers: { ...headers, ...length },
    };
    const sent = request(options, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '');
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null });
      });
    });
    sent.on('error', reject);
    sent.end(body);
    return promise;
  }

  /** Calls a route. Whatever it answers must be declared and well formed. */
  async function call(name: RouteName, { as = NOBODY, params = {}, query, ...rest }: Ask): Promise<Answered> {
    const { method, path } = ROUTES[name];
    const filled = path.replace(/\{(\w+)\}/g, (_, param) => encodeURIComponent(params[param] ?? ''));
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const text = rest.text ?? (rest.body === undefined ? undefined : JSON.stringify(rest.body));
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await send(method, filled + search, { ...type, ...as, ...rest.headers }, text);
    assertDeclared(name, answer, isOutside(as));
    return answer;
  }

  /** As `call`; anything but a success throws. */
  async function ok(name: RouteName, ask: Ask): Promise<Answered> {
    const answer = await call(name, ask);
    if (answer.status >= 300) throw new Error(`${name} was refused: ${answer.text}`);
    return answer;
  }

  /** The credentials of a token with this group. */
  async function inGroup(group: string, sub = group): Promise<Credentials> {
    const key = `${group} ${sub}`;
    const token = tokens.get(key) ?? laptop.sign({ sub, group });
    tokens.set(key, token);
    return bearer(await token);
  }

  async function advance(seconds: number) {
    await laptop.advance(seconds);
    tokens.clear();
  }

  return {
    url: laptop.url,
    send,
    call,
    ok,
    inGroup,
    owner: await inGroup('owner'),
    now: () => laptop.context.now(),
    advance,
    /** Moves the clock to a moment that is still to come. */
    async advanceTo(at: number) {
      await advance(Math.max(0, at - laptop.context.now()) / 1_000);
    },
    close: laptop.close,

    /** Interferes with the table while `work` goes on. */
    async interfering<T>(how: Interference, work: () => Promise<T>): Promise<T> {
      interference = how;
      try {
        return await work();
      } finally {
        interference = null;
      }
    },

    async project(given: ProjectGiven = {}) {
      projects += 1;
      return openProject({ call, ok, send, inGroup }, given.id ?? `p${projects}`, given);
    },
  };
}

function bearer(token: string): Credentials {
  return { authorization: `Bearer ${token}` };
}
