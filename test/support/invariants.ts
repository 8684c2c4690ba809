import { canTakeSomething } from '../../domain/agent.ts';
import type { AgentId, Instant } from '../../domain/brands.ts';
import type { Chat, OpenChat } from '../../domain/chat.ts';
import { demandOf } from '../../domain/decide.ts';
import { ineligible, isInScope, offerees, unforceable } from '../../domain/eligibility.ts';
import { queuePositionOf } from '../../domain/group.ts';
import { policyNamed } from '../../domain/policies.ts';
import { nextLook } from '../../domain/timeouts.ts';
import { setUp } from '../../functions/allocate/setup.ts';
import {
  sweepGroup,
  sweepOffer,
  sweepQueued,
  sweepTimed,
  sweepWaiting,
  sweepWatch,
} from '../../functions/store/keys.ts';
import { memberKey, rankKey } from '../../functions/store/rank-key.ts';
import { decisionsAbout, type Standing } from './standing.ts';

/** What must always hold of what stands in the table (DESIGN.md, section 3): what is wrong, in words; empty = it holds. */
type Check = (standing: Standing) => readonly string[];

/** Load and open-chat count of every agent equal the sum and the count over its chats. */
export const loadsAddUp: Check = ({ agents: all, chats: stored }) =>
  all.flatMap(one => {
    const own = stored.map(({ chat }) => chat).filter(chat => isOf(chat, one.id));
    const held = stored.flatMap(({ chat }) =>
      chat.state === 'held' && chat.agentId === one.id ? [chat] : [],
    );
    return [
      ...differs(`${one.id}: load`, one.load, sum(own.map(chat => chat.weight))),
      ...differs(`${one.id}: open chats`, one.openChats, own.length),
      ...differs(`${one.id}: held chats`, one.heldChats, held.length),
      ...differs(`${one.id}: chats`, [...one.chatIds].sort(), [...own, ...held].map(chat => chat.id).sort()),
      ...differs(`${one.id}: vacancy`, one.vacancy, one.maxLoad === null ? null : one.maxLoad - one.load),
    ];
  });

/** No agent is above its limit but by chats that were forced on it or that it took back from hold. */
export const limitsHold: Check = ({ agents: all, chats: stored }) =>
  all.flatMap(one => {
    const own = stored.map(({ chat }) => chat).filter(chat => isOf(chat, one.id));
    const isAbove = one.maxLoad !== null && one.load > one.maxLoad;
    return isAbove && !own.some(chat => chat.forced || chat.resumedAt !== null)
      ? [`${one.id}: ${one.load} of ${one.maxLoad}`]
      : [];
  });

/** An open or held chat has exactly one owner, which is there and knows of it; no other chat has any, an offered one neither. */
export const ownersAreOne: Check = ({ agents: all, chats: stored }) =>
  stored.flatMap(({ chat }) => {
    const owners = all.filter(one => one.chatIds.includes(chat.id)).map(one => one.id);
    const isOwned = chat.state === 'open' || chat.state === 'held';
    return differs(`${chat.id}: owners`, owners, isOwned ? [chat.agentId] : []);
  });

/** Exactly the waiting chats stand in the line, each as itself. */
export const waitingIsReached: Check = ({ chats: stored, places }) => {
  const waiting = stored.flatMap(({ chat, firstDecision }) =>
    chat.state === 'waiting' ? [{ chat, firstDecision }] : [],
  );
  const seen = ({
    channelId,
    asked,
    groupId,
    returning,
    lastServedBy,
    handedOver,
  }: Standing['places'][number] | Chat) => ({
    channelId,
    asked,
    groupId,
    returning,
    lastServedBy,
    handedOver,
  });
  return [
    ...differs('in the line', places.map(place => place.chatId).sort(), idsOf(waiting)),
    ...waiting.flatMap(({ chat, firstDecision }) => {
      const place = places.find(one => one.chatId === chat.id);
      if (place === undefined) return [];
      return [
        ...differs(`${chat.id}: in the line`, seen(place), seen(chat)),
        ...differs(`${chat.id}: waiting since`, place.since, chat.waitingSince),
        ...differs(`${chat.id}: decided`, place.decided, firstDecision !== null),
      ];
    }),
  ];
};

/** Exactly the offered chats have a row in the list of open offers, one each; it and those offered are what the chat says. */
export const offersAreOpen: Check = standing => {
  const { chats: stored, offers, offerees: to } = standing;
  const offered = stored.flatMap(({ chat }) => (chat.state === 'offered' ? [{ chat }] : []));
  return [
    ...differs('open offers', offers.map(({ chatId }) => chatId).sort(), idsOf(offered)),
    ...offered.flatMap(({ chat: { id, offer } }) => {
      const row = offers.find(({ chatId }) => chatId === id);
      const decision = decisionsAbout(standing, id).find(one => one.id === offer.id);
      return [
        ...differs(`${id}: its offer`, row, { chatId: id, groupId: offer.groupId, offerId: offer.id }),
        ...differs(`${id}: offered to so many`, new Set(to.get(offer.id)).size, offer.agents),
        ...differs(`${id}: decided`, decision?.outcome, 'offered'),
      ];
    }),
  ];
};

/** Exactly the chats that say they are queued stand in the queue, each as itself; closed ones until they are purged. */
export const queueIsTrue: Check = ({ chats: stored, queue }) => {
  const queued = stored.flatMap(({ chat: { id: chatId, state, transfer } }) => {
    if (transfer === null) return [];
    const { askedAt: _, ...row } = transfer;
    return [{ ...row, chatId, state }];
  });
  const text = (one: object) => JSON.stringify(Object.entries(one).sort());
  const isClosed = (chatId: string) =>
    stored.some(({ chat }) => chat.id === chatId && chat.state === 'closed');
  const left = queue.filter(({ state }) => state === 'closed');
  return [
    ...differs(
      'queued',
      queue
        .filter(one => !left.includes(one))
        .map(text)
        .sort(),
      queued.map(text).sort(),
    ),
    ...left.flatMap(({ chatId }) => (isClosed(chatId) ? [] : [`${chatId} is in the queue as closed`])),
  ];
};

/** The sweep's list shows every waiting, offered and queued chat, every group under way and every edge to come, and nothing else. */
export const sweepSeesAll: Check = standing => {
  const { project, chats: stored, queue, groups, agents: all, sweeps } = standing;
  if (project === null) return [];
  const ofTimers = [...standing.deadlines.values(), ...standing.presences];
  const ofAll = standing.isWatching ? [sweepWatch(project.id)] : [];
  const ofQueue = queue
    .filter(({ state }) => state !== 'held')
    .map(({ chatId }) => sweepQueued(project.id, chatId));
  const ofChats = stored.flatMap(({ chat }) => {
    if (chat.state === 'waiting') return [sweepWaiting(project.id, chat.id)];
    return chat.state === 'offered' ? [sweepOffer(project.id, chat.id)] : [];
  });
  const ofGroups = groups
    .filter(group => group.spreading !== null)
    .map(({ id }) => sweepGroup(project.id, id));
  const ofAgents = all.flatMap(({ id, nextEdgeAt }) =>
    nextEdgeAt === null ? [] : [sweepTimed(nextEdgeAt, 'edge', project.id, id)],
  );
  return differs(
    'the sweep sees',
    sweeps,
    [...ofChats, ...ofQueue, ...ofGroups, ...ofAgents, ...ofTimers, ...ofAll].sort(),
  );
};

/** Where a time-out is on, the sweep looks at every chat that is not closed. */
const answersAreWatched: Check = ({ project, chats: stored, deadlines }) => {
  if (project === null || nextLook(null, project.settings, 0 as Instant) === null) return [];
  return stored.flatMap(({ chat }) =>
    chat.state === 'closed' || deadlines.has(chat.id) ? [] : [`${chat.id}: nobody looks for an answer`],
  );
};

/** Both orders of the team hold exactly the agents who could take something, each in its place. */
export const ordersAreTrue: Check = ({ agents: all, ranks, turns }) =>
  all.flatMap(one => [
    ...differs(`${one.id}: rank`, ranks.get(one.id), rankKey(one)),
    ...differs(`${one.id}: in the rank index`, ranks.get(one.id) !== null, canTakeSomething(one)),
    ...differs(`${one.id}: turn`, turns.get(one.id), memberKey(one)),
    ...differs(`${one.id}: in the members index`, turns.get(one.id) !== null, canTakeSomething(one)),
  ]);

/** The rows of the members and the groups' counts say the same as the agents' cards. */
export const membersAgree: Check = ({ agents: all, groups, members }) => {
  const byCard = all.flatMap(one => one.groups.map(groupId => `${groupId} ${one.id}`));
  const byRow = members.map(({ groupId, agentId }) => `${groupId} ${agentId}`);
  return [
    ...differs('members', byRow.sort(), byCard.sort()),
    ...groups.flatMap(({ id, members: count }) =>
      differs(`${id}: members`, count, all.filter(one => one.groups.includes(id)).length),
    ),
  ];
};

/** The group that the policy in force needs is marked so, and nobody else is; it has a member and is not on its way out. */
export const requiredGroupHolds: Check = ({ project, groups }) => {
  if (project === null) return [];
  const { newVisitors, returningVisitors } = project.settings;
  const isNeeded = newVisitors.policy === 'group' || returningVisitors?.policy === 'group';
  const required = groups.filter(group => group.required);
  const isFit = required.every(group => group.members > 0 && group.spreading !== 'removal');
  return [
    ...differs(
      'required',
      required.map(({ id }) => id),
      isNeeded ? [project.primaryGroupId] : [],
    ),
    ...(isFit ? [] : ['the required group is empty or leaving']),
  ];
};

/** The rotation stands at an agent that it chose, as that was then, and moved no more often than it chose. */
export const cursorIsSane: Check = standing => {
  const { cursor, version } = standing.cursor;
  const turns = standing.chats
    .flatMap(({ chat }) => decisionsAbout(standing, chat.id))
    .filter(({ policy, outcome }) => policy === 'member-order' && outcome === 'assigned');
  if (cursor === null) return [...differs('turns', turns.length, 0), ...differs('cursor', version, 0)];
  const isChosen = turns.some(
    ({ winner, considered: [first] }) =>
      winner === cursor.agentId && first?.values.memberOrder === cursor.memberOrder,
  );
  return [
    ...(isChosen ? [] : [`the rotation stands at ${cursor.agentId}, which it never chose`]),
    ...(version >= 1 && version <= turns.length ? [] : [`the rotation moved ${version} times`]),
  ];
};

/** Every automatic assignment has its decision on record: it chose this agent, under settings that there were. */
export const assignmentsAreExplained: Check = standing =>
  standing.chats.flatMap(({ chat }) =>
    chat.assignments.flatMap(({ agentId, method, decisionId, forced, createdOn }) => {
      const isDistributed = method.startsWith('distributed-');
      const since = differs(`${chat.id}: had been queued`, createdOn !== null, isDistributed);
      if (since.length > 0) return since;
      if (UNDECIDED.includes(method))
        return decisionId === null ? [] : [`${chat.id}: ${method} by ${decisionId}`];
      // To an agent a chat is transferred by a person's decision, to a group by ours.
      if (method === 'transfer' && decisionId === null) return [];
      const decision = decisionsAbout(standing, chat.id).find(one => one.id === decisionId);
      const latest = standing.project?.settingsVersion ?? Number.POSITIVE_INFINITY;
      const isOriginal = decision?.policy === 'original-agent';
      return [
        ...differs(`${chat.id}: decided for`, decision?.winner, agentId),
        ...differs(`${chat.id}: by the original agent`, isOriginal, method === 'original-agent'),
        ...differs(`${chat.id}: forced`, forced, isOriginal),
        ...differs(
          `${chat.id}: decided at`,
          decision?.trigger,
          isDistributed
            ? 'distribution'
            : method === 'transfer'
              ? 'transfer'
              : (decision?.trigger ?? 'start'),
        ),
        ...(decision !== undefined && decision.settingsVersion > latest
          ? [`${chat.id}: from the future`]
          : []),
      ];
    }),
  );

/** Where a transfer found nobody, it is on record why; so it is where a bot's chat was handed over and waits. */
export const failuresAreExplained: Check = standing =>
  standing.chats.flatMap(({ chat: { id, state, transferFailedAt, handedOver } }) => {
    const failed = decisionsAbout(standing, id).filter(
      ({ winner, trigger }) => winner === null && (trigger === 'transfer' || trigger === 'distribution'),
    );
    const isHandedOver = state === 'waiting' && handedOver;
    return [
      ...(transferFailedAt === null || failed.some(({ at }) => at === transferFailedAt)
        ? []
        : [`${id}: nobody knows why its transfer failed`]),
      ...(isHandedOver && failed.length === 0 ? [`${id}: nobody knows why it waits`] : []),
    ];
  });

/** These are nobody's decision but a person's. */
const UNDECIDED: readonly string[] = ['accepted', 'agent-initiated'];

/** A chat was taken from the line, accepted or created for an agent once; all else is a transfer. */
export const assignedOnce: Check = ({ chats: stored }) =>
  stored.flatMap(({ chat }) => {
    const first = chat.assignments.filter(
      ({ method }) => !['transfer', 'changed-agent'].includes(method) && !method.startsWith('distributed-'),
    );
    return first.length > 1 ? [`${chat.id}: assigned twice`] : [];
  });

/** No chat waits though its rule finds an agent for it, or somebody to offer it to. Holds once every search is done. */
export const nobodyWaitsInVain: Check = ({ project, channels, groups, agents: all, chats: stored }) => {
  if (project === null || !project.settings.automaticAllocation) return [];
  const stages = channels.map(channel => ({ ...channel, version: 1 }));
  const { rules } = setUp({ project, channels: stages, groups });
  return stored.flatMap(({ chat }) => {
    if (chat.state !== 'waiting') return [];
    const rule = rules.ruleFor(chat);
    const scope = rules.scopeOf(rule.policy, chat.asked);
    const demand = demandOf({
      rule,
      scope,
      channel: { id: chat.channelId, weight: rules.weightOf(chat.channelId) },
    });
    const original = all.find(one => one.id === rule.original && unforceable(one, demand) === null);
    if (original !== undefined) return [`${chat.id} waits, ${original.id} served its visitor`];
    if (scope.kind === 'nowhere') {
      return scope.outcome === 'unknown-group' ? [`${chat.id} waits in a group that is gone`] : [];
    }
    const isForAll = policyNamed(rule.policy).ranking === null;
    const free = all.find(one => isInScope(one, demand) && ineligible(one, demand) === null);
    if (free !== undefined && !isForAll) return [`${chat.id} waits, ${free.id} is available`];
    const isOffered = isForAll || rule.onNobody === 'offer';
    return isOffered && offerees(all, demand).length > 0 ? [`${chat.id} waits and could be offered`] : [];
  });
};

/** Every open offer has somebody left who may accept it. Holds once the minute's sweep came by. */
export const offersCanBeAccepted: Check = ({ agents: all, chats: stored, offerees: to }) =>
  stored.flatMap(({ chat }) => {
    if (chat.state !== 'offered') return [];
    const left = all.filter(
      one => one.active && to.get(chat.offer.id)?.includes(one.id) && isInScope(one, chat.offer),
    );
    return left.length === 0 ? [`${chat.id} is offered to nobody who is left`] : [];
  });

/** Every agent shows the lowest position of its groups, is in none that is gone, and no change is still on its way. */
export const groupsAreShown: Check = ({ agents: all, groups }) => [
  ...groups.filter(group => group.spreading !== null).map(group => `${group.id} is still ${group.spreading}`),
  ...all.flatMap(one => {
    const own = groups.filter(group => one.groups.includes(group.id));
    return [
      ...differs(`${one.id}: groups`, own.map(group => group.id).sort(), [...new Set(one.groups)].sort()),
      ...differs(`${one.id}: queue position`, one.queuePosition, queuePositionOf(own)),
    ];
  }),
];

const ALWAYS = {
  loadsAddUp,
  limitsHold,
  ownersAreOne,
  waitingIsReached,
  offersAreOpen,
  queueIsTrue,
  sweepSeesAll,
  ordersAreTrue,
  membersAgree,
  requiredGroupHolds,
  cursorIsSane,
  assignmentsAreExplained,
  failuresAreExplained,
  assignedOnce,
} satisfies Record<string, Check>;
const SETTLED = {
  answersAreWatched,
  nobodyWaitsInVain,
  offersCanBeAccepted,
  groupsAreShown,
} satisfies Record<string, Check>;

/** What does not hold though it always must. */
export const violations = (standing: Standing) => broken(ALWAYS, standing);
/** As `violations`, and what must hold once every search and every spreading is done. */
export const violationsOnceSettled = (standing: Standing) => broken({ ...ALWAYS, ...SETTLED }, standing);

function broken(checks: Readonly<Record<string, Check>>, standing: Standing): readonly string[] {
  return Object.entries(checks).flatMap(([name, check]) => check(standing).map(what => `${name}: ${what}`));
}

function isOf(chat: Chat, agentId: AgentId): chat is OpenChat {
  return chat.state === 'open' && chat.agentId === agentId;
}

function idsOf(stored: readonly { readonly chat: Pick<Chat, 'id'> }[]): readonly string[] {
  return stored.map(({ chat }) => chat.id).sort();
}

function differs(what: string, is: unknown, must: unknown): readonly string[] {
  const [one, other] = [is, must].map(value => JSON.stringify(value));
  return one === other ? [] : [`${what} ${one}, should be ${other}`];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
