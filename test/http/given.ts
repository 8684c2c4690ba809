import type { RouteName } from '../../functions/routes.ts';
import type { Ask } from '../support/http.ts';
import type { Case, Gives } from './cases.ts';
import { FINE } from './fine.ts';

/** How a case of a single route is written. */

export function given(route: RouteName, gives: Gives, when: string, ask: Case['ask']): Case {
  return { route, gives, when, ask };
}

/** Bodies that a route refuses as malformed, each in the place of the one that is fine. */
export function refused(route: RouteName, bodies: readonly unknown[]): readonly Case[] {
  return bodies.map(body =>
    given(route, 'invalid-request', `the body is ${JSON.stringify(body).slice(0, 130)}`, async project => ({
      ...(await FINE[route](project)),
      body,
    })),
  );
}

export const LONG_ID = 'a'.repeat(65);
export const LONG_NAME = 'n'.repeat(201);

/** As the last case of a group removal would meet it: the mark is set and the members are being gone through. */
export const whileRemoving =
  (ask: Ask): Case['ask'] =>
  async (project, world) => {
    await project.group('leaving', 1);
    await project.hire('ben', { groups: ['leaving'] });
    // The removal stops after its mark: as if its worker had died.
    const dying = (command: string) => {
      if (command.startsWith('Query')) throw new Error('died');
    };
    await world.interfering(dying, () => project.ask('deleteGroup', { params: { groupId: 'leaving' } }));
    return ask;
  };
