import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Serve } from '../../local/gateway/gateway.ts';
import type { Answered } from '../http/declared.ts';

export type Sent = {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Puts a request before the gateway as its server would, without a connection: any bytes at all arrive. */
export async function sendTo(serve: Serve, { method, target, headers, body }: Sent): Promise<Answered> {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  request.url = target;
  request.httpVersion = '1.1';
  request.headers = headers;
  request.headersDistinct = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value]]),
  );
  request.complete = true;
  if (body.length > 0) request.push(body);
  request.push(null);

  const response = new ServerResponse(request);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  response.end = ((text: string) => {
    resolve(String(text));
    return response;
  }) as typeof response.end;
  serve(request, response).catch(reject);
  const text = await promise;
  const answered = response.getHeaders() as Answered['headers'];
  const isJson = /\bjson\b/.test(answered['content-type'] ?? '');
  return { status: response.statusCode, headers: answered, text, body: isJson ? JSON.parse(text) : null };
}
