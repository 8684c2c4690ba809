import type { Serve } from './gateway.ts';

/** Requests that come before the house is ready wait at the door. */
export function openDoor(): { readonly serve: Serve; readonly open: (serve: Serve) => void } {
  const { promise, resolve } = Promise.withResolvers<Serve>();
  return { serve: async (request, response) => (await promise)(request, response), open: resolve };
}
