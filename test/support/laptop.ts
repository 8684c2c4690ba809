import type { QueueEngine } from '../../local/engines/queue.ts';
import { type Laptop, type LaptopOptions, startLaptop } from '../../local/laptop.ts';

type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects in a body, field by field.
  readonly body: any;
};

export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ApiAnswer>;

type Role =
  | { readonly role: 'owner' }
  | { readonly role: 'operator' | 'bot'; readonly projectId: string }
  | { readonly role: 'agent'; readonly projectId: string; readonly agentId: string };

export type TestLaptop = Laptop & {
  readonly queue: QueueEngine;
  /** Calls the server with this token, or with none. */
  readonly api: (token?: string) => Api;
  readonly token: (role: Role) => Promise<string>;
};

/** A laptop of its own for a test: on any port, in memory, without the demo team, unless the test says otherwise. */
export async function openLaptop(options: Partial<LaptopOptions> = {}): Promise<TestLaptop> {
  const laptop = await startLaptop({
    dataDir: 'memory',
    demo: false,
    quiet: true,
    env: engineWanted(),
    ...options,
  });
  if (laptop.queue === null) throw new Error('the laptop has no queue of its own');
  const { queue } = laptop;
  const api = (token?: string) => apiOf(laptop.url, token);
  return {
    ...laptop,
    queue,
    api,
    token: async role => (await api()('POST', '/local/token', role)).body.token,
  };
}

function engineWanted() {
  return { USHER_DYNAMODB: process.env.USHER_DYNAMODB };
}

/** Requests with a JSON body; the answer's body is parsed when it is JSON, else null or its text. */
export function apiOf(url: string, token?: string): Api {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text || null,
    };
  };
}
