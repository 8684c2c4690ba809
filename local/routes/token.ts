import * as z from 'zod';
import { agentId, projectId } from '../../functions/schemas.ts';
import { jsonAnswer } from '../gateway/answer.ts';
import type { Subject } from '../issuer.ts';
import type { LocalRequest } from './local-request.ts';

const tokenBody = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('owner') }),
  z.strictObject({ role: z.literal('operator'), projectId }),
  z.strictObject({ role: z.literal('agent'), projectId, agentId }),
  z.strictObject({ role: z.literal('bot'), projectId }),
]);

/** Signs anybody in as anything: this is the laptop. */
export function tokenRoute(sign: (subject: Subject) => Promise<string>) {
  return async (request: LocalRequest) => {
    const token = await sign(subjectOf(request.body(tokenBody)));
    return jsonAnswer(200, { token });
  };
}

/** Who the token is for; the group is what the functions read the role from. */
function subjectOf(wanted: z.infer<typeof tokenBody>): Subject {
  switch (wanted.role) {
    case 'owner':
      return { sub: 'owner', group: 'owner' };
    case 'agent': {
      const group = `agent:${wanted.projectId}:${wanted.agentId}`;
      return { sub: group, group };
    }
    default: {
      const group = `${wanted.role}:${wanted.projectId}`;
      return { sub: group, group };
    }
  }
}
