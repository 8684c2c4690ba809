import type { RouteName } from '../../functions/routes.ts';
import type { Case, Gives } from './cases.ts';
import { FINE } from './fine.ts';

/** How a case of a single route is written. */

export function given(route: RouteName, gives: Gives, when: string, ask: Case['ask']): Case {
  return { route, gives, when, ask };
}

/** Bodies that a route refuses as malformed, each in the place of the one that is fine. */
export function refused(route: RouteName, bodies: readonly unknown[]): readonly Case[] {
  return bodies.map(body =>
    given(route, 'invalid-request', `the body is ${JSON.stringify(body).slice(0, 60)}`, async project => ({
      ...(await FINE[route](project)),
      body,
    })),
  );
}

export const LONG_ID = 'a'.repeat(65);
export const LONG_NAME = 'n'.repeat(201);
