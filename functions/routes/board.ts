import { countBoard } from '../board/count.ts';
import { presentBoard } from '../board/read.ts';
import { BOUNDS } from '../bounds.ts';
import type { HandlerOf } from '../edge/exchange.ts';
import { etagOf } from '../edge/respond.ts';
import { iso } from '../views/instants.ts';
import { theProject } from './lookup.ts';

/** The live board of a project. Who has seen this one already is told so, without it. */
export const readBoard: HandlerOf<'readBoard'> = async ({ params, ifNoneMatch }, context) => {
  const { projectId } = params;
  await theProject(context, projectId);
  const board =
    (await presentBoard(context, projectId, BOUNDS.boardAgeMs)) ??
    (await countBoard(context, projectId, null));
  const { version, at, figures } = board;
  const isSeen = ifNoneMatch?.split(',').some(tag => tag.trim() === etagOf(version));
  if (isSeen) return { status: 304, body: null, version };
  return { status: 200, body: { at: iso(at), ...figures }, version };
};
