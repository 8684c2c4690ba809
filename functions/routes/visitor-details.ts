import type * as z from 'zod';
import type { Visitor } from '../../domain/chat.ts';
import type { visitorBody } from '../schemas.ts';

/** What was said about a visitor; what was left out stays out of the row. */
export function visitorDetails(given: z.output<typeof visitorBody> | undefined): Visitor {
  return {
    ...(given?.name !== undefined && { name: given.name }),
    ...(given?.attributes !== undefined && { attributes: given.attributes }),
  };
}
