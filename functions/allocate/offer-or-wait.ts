import type { Instant } from '../../domain/brands.ts';
import { isLegal } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Place } from '../../domain/line.ts';
import { policyNamed } from '../../domain/policies.ts';
import { groupOf, WHOLE_TEAM } from '../../domain/scope.ts';
import { offer } from '../../domain/verbs/offer.ts';
import { BOUNDS } from '../bounds.ts';
import type { Context } from '../edge/context.ts';
import { inParallel } from '../in-parallel.ts';
import { readChat } from '../store/chats.ts';
import { recordWaiting } from '../store/line.ts';
import { saveOffered, writeOfferees } from '../store/offers.ts';
import { recordOf } from './decision.ts';
import type { Setup } from './setup.ts';
import { openWholeScope, type WholeScope, type WholeVerdict } from './whole-scope.ts';

/** How many chats were offered, and how many go on in another scope, so that the line is worth another look. */
type Settled = { readonly offered: number; readonly moved: number };

/**
 * Waiting chats that nobody available can take: each is offered if its rule says so, or goes on waiting with the
 * reason on record. One that waits in a group that was removed goes on in the whole team.
 */
export async function offerOrWait(
  context: Context,
  setup: Setup,
  places: readonly Place[],
): Promise<Settled> {
  const isOpen = (place: Place) => !isSaid(setup, place) || mayBeOffered(setup, place);
  const open = places.filter(isOpen);
  if (open.length === 0) return { offered: 0, moved: 0 };
  const decideOn = openWholeScope(context, setup);
  const since = context.now();
  const settled = await inParallel(open, BOUNDS.claimsInParallel, place =>
    settle(context, setup, place, decideOn, since),
  );
  const count = (what: 'offered' | 'moved') => settled.filter(one => one === what).length;
  return { offered: count('offered'), moved: count('moved') };
}

function mayBeOffered({ rules }: Setup, place: Place): boolean {
  const { policy, onNobody } = rules.ruleFor(place);
  return rules.automaticAllocation && (onNobody === 'offer' || policyNamed(policy).ranking === null);
}

/** It is on record why it waits, and where: the group it waited in is still there, the policy still means that scope. */
function isSaid({ rules }: Setup, place: Place): boolean {
  const scope = rules.scopeOf(rules.ruleFor(place).policy, place.asked);
  // While nothing is decided nobody is sent on, and that is said once.
  const isAstray = rules.automaticAllocation && scope.kind === 'nowhere' && scope.outcome === 'unknown-group';
  return place.explained && !isAstray && groupOf(scope) === place.groupId;
}

async function settle(
  context: Context,
  setup: Setup,
  place: Place,
  decideOn: WholeScope,
  since: Instant,
): Promise<'offered' | 'moved' | 'waits'> {
  const decided = await decideOn(place);
  const { verdict } = decided;
  // Somebody has become available: the event of it searches the line.
  if (verdict.winner !== null) return 'waits';
  const { project } = setup;
  const { chatId, attempts } = place;
  const decision = recordOf(context, verdict, { chatId, trigger: 'search', project, attempts, since });
  if (verdict.outcome === 'offered') return makeOffer(context, setup, place, decided, decision);
  const isMoved = verdict.outcome === 'unknown-group';
  if (!isSaid(setup, place)) {
    const asked = isMoved ? WHOLE_TEAM : place.asked;
    const to = { asked, groupId: groupOf(decided.scope) };
    await recordWaiting(context.table, project.id, place, decision, to);
  }
  return isMoved ? 'moved' : 'waits';
}

async function makeOffer(
  { table }: Context,
  { project }: Setup,
  place: Place,
  { scope, offerees }: WholeVerdict,
  decision: Decision,
): Promise<'offered' | 'waits'> {
  const before = await readChat(table, project.id, place.chatId);
  if (before === null || !isLegal('offer', before.chat)) return 'waits';
  const made = { id: decision.id, groupId: groupOf(scope), agents: offerees.length, at: decision.at };
  const after = offer(before.chat, made);
  const ids = offerees.map(({ id }) => id);
  await writeOfferees(table, project.id, after.id, made, ids);
  const saved = await saveOffered(table, { before: { ...before, chat: before.chat }, after }, decision);
  return saved.outcome === 'committed' ? 'offered' : 'waits';
}
