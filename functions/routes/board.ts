import { presentBoard } from '../board/read.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { isSeen } from '../edge/preconditions.ts';
import { iso } from '../views/instants.ts';
import { theProject } from './lookup.ts';

/** The live board of a project. Who has seen this one already is told so, without it. */
export const readBoard: HandlerOf<'readBoard'> = async ({ params, ifNoneMatch }, context) => {
  const { projectId } = params;
  await theProject(context, projectId);
  const { version, at, figures } = await presentBoard(context, projectId);
  if (isSeen(ifNoneMatch, version)) return { status: 304, body: null, version };
  return { status: 200, body: { at: iso(at), ...figures }, version };
};
