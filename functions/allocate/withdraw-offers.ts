import type { Agent } from '../../domain/agent.ts';
import type { GroupId, ProjectId } from '../../domain/brands.ts';
import { isLegal } from '../../domain/chat.ts';
import { isInScope } from '../../domain/eligibility.ts';
import { withdraw } from '../../domain/verbs/offer.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readTeam } from '../store/agents.ts';
import { saveChange } from '../store/changes.ts';
import { readChat } from '../store/chats.ts';
import { type OpenOffer, readOfferees, readOpenOffers } from '../store/offers.ts';

/**
 * Ends the offers that nobody is left to accept: everybody they went to was deactivated, removed, or left the group.
 * Those chats wait again, each in the place of its age; the caller searches the line after this. Called after such a
 * change and once a minute, for the change whose process died in between. Returns how many offers ended.
 */
export async function withdrawOffers(context: Context, projectId: ProjectId): Promise<number> {
  const offers = await readOpenOffers(context.table, projectId);
  if (offers.length === 0) return 0;
  const team = await readTeam(context.table, projectId);
  const active = new Map(team.filter(agent => agent.active).map(agent => [agent.id, agent]));
  const ended = await inParallel(offers, BOUNDS.claimsInParallel, async open => {
    const ids = await readOfferees(context.table, projectId, open.chatId, open.offerId);
    const isLeft = ids.some(id => mayAccept(active.get(id), open.groupId));
    return !isLeft && (await end(context, projectId, open));
  });
  return ended.filter(Boolean).length;
}

function mayAccept(agent: Agent | undefined, groupId: GroupId | null): boolean {
  return agent !== undefined && isInScope(agent, { groupId });
}

async function end(context: Context, projectId: ProjectId, { chatId, offerId }: OpenOffer): Promise<boolean> {
  const before = await readChat(context.table, projectId, chatId);
  if (before === null || !isLegal('withdraw', before.chat) || before.chat.offer.id !== offerId) return false;
  const after = withdraw(before.chat, context.now());
  const saved = await saveChange(context.table, { before, after }, []);
  return saved.outcome === 'committed';
}
