import * as z from 'zod';
import type { LocalRequest } from './local-request.ts';

export function resetRoute(reset: () => Promise<void>) {
  return async (request: LocalRequest) => {
    request.optionalBody(z.strictObject({}));
    await reset();
    return { statusCode: 204, headers: { 'cache-control': 'no-store' } };
  };
}
