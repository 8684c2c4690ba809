import type * as z from 'zod';

/** Who makes a call: nobody, the bearer of a token, or a page with the project's public key. */
export type Credential =
  | { readonly token: string }
  | { readonly key: string; readonly origin: string }
  | null;

export type Connection = {
  readonly call: <Answer extends z.ZodType>(
    request: Request,
    answer: Answer,
  ) => Promise<{ readonly status: number; readonly body: z.infer<Answer> }>;
  /** Calls made so far. */
  readonly calls: () => number;
};

type Request = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly as: Credential;
  readonly body?: unknown;
  readonly ifMatch?: string;
};

/** HTTP to one server. An answer that is not 2xx is an exception here: the day is written so that none is expected. */
export function connect(url: string): Connection {
  let calls = 0;
  return {
    calls: () => calls,
    async call(request, answer) {
      calls += 1;
      const response = await fetch(new URL(request.path, url), {
        method: request.method,
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${request.method} ${request.path}: ${response.status} ${text}`);
      return { status: response.status, body: answer.parse(text === '' ? null : JSON.parse(text)) };
    },
  };
}

function headersOf({ as, body, ifMatch }: Request): Record<string, string> {
  return {
    ...(as === null ? {} : 'token' in as ? { authorization: `Bearer ${as.token}` } : pageHeaders(as)),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
}

function pageHeaders({ key, origin }: { readonly key: string; readonly origin: string }) {
  return { 'x-usher-key': key, origin };
}
