import { describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import type { Assignment, Chat } from '../../domain/chat.ts';
import type { Decision, Trigger } from '../../domain/decision.ts';
import { defaultSettings } from '../../domain/settings.ts';
import { close } from '../../domain/verbs/close.ts';
import { chatRowOf, type StoredChat } from '../../functions/store/chat-row.ts';
import type { StoredGroup } from '../../functions/store/groups.ts';
import { sweepOffer, sweepQueued, sweepTimed, sweepWaiting } from '../../functions/store/keys.ts';
import { memberKey, rankKey } from '../../functions/store/rank-key.ts';
import {
  agent,
  assignment,
  at,
  botChat,
  channel,
  chatId,
  decisionId,
  group,
  groupId,
  LINE_1,
  offeredChat,
  openChat,
  place,
  waitingChat,
} from '../support/domain.ts';
import { violationsOnTheWay } from '../support/history.ts';
import {
  assignedOnce,
  assignmentsAreExplained,
  cursorIsSane,
  failuresAreExplained,
  groupsAreShown,
  limitsHold,
  loadsAddUp,
  membersAgree,
  nobodyWaitsInVain,
  offersAreOpen,
  offersCanBeAccepted,
  ordersAreTrue,
  ownersAreOne,
  queueIsTrue,
  requiredGroupHolds,
  sweepSeesAll,
  violationsOnceSettled,
  waitingIsReached,
} from '../support/invariants.ts';
import { NOTHING, type Standing } from '../support/standing.ts';
import { ACME } from '../support/world.ts';

const GROUP: StoredGroup = { ...LINE_1, version: 1, spreading: null, members: 1, required: false };
const ADA = agent({ id: 'ada', maxLoad: 1, load: 1, vacancy: 0, chatIds: ['chat_1'], groups: [LINE_1] });
const BO = agent({ id: 'bo', channels: ['mail'], memberOrder: 7, nextEdgeAt: at('17:00') });
const OPEN = openChat({ agentId: ADA.id, assignments: [assignment({ agentId: ADA.id })] });
const WAITING = waitingChat({ id: chatId('chat_2') });
const OFFERED = offeredChat({
  id: chatId('chat_3'),
  offer: { id: decisionId('dec_3'), groupId: null, agents: 2, at: at('15:00') },
});

const TRANSFER = {
  groupId: LINE_1.id,
  reason: null,
  isBotTransfer: true,
  createdOn: at('15:40'),
  askedAt: at('15:40'),
};
const QUEUED = botChat({ id: chatId('chat_4'), transfer: TRANSFER });

const DECIDED: Decision = {
  id: decisionId('dec_1'),
  chatId: OPEN.id,
  at: OPEN.assignedAt,
  trigger: 'start',
  settingsVersion: 1,
  attempts: 1,
  tookMs: 0,
  policy: 'member-order',
  reading: 'rank-order',
  steps: [],
  considered: [
    {
      agentId: ADA.id,
      queuePosition: 1,
      openChats: 0,
      vacancy: 1,
      lastClosedAt: null,
      values: { memberOrder: 1 },
    },
  ],
  consideredMore: 0,
  winner: ADA.id,
  decidedBy: 'eligibility',
  outcome: 'assigned',
  offeredBecause: null,
};
const OFFERING: Decision = {
  ...DECIDED,
  id: OFFERED.offer.id,
  chatId: OFFERED.id,
  policy: 'all',
  winner: null,
  outcome: 'offered',
};
const WAITS: Decision = { ...OFFERING, id: decisionId('dec_2'), chatId: WAITING.id, outcome: 'all-full' };

const stored = (chat: StoredChat['chat'], firstDecision: Decision | null = null): StoredChat => ({
  chat,
  token: null,
  firstDecision,
});
const CHATS = [stored(OPEN, DECIDED), stored(WAITING, WAITS), stored(OFFERED, OFFERING), stored(QUEUED)];
const { askedAt: _, ...AS_QUEUED } = TRANSFER;
const IN_QUEUE = { ...AS_QUEUED, chatId: QUEUED.id, state: 'bot' } as const;
const SETTINGS = defaultSettings('UTC');

/** Ada has a chat and is full, Bo is free for another channel, one chat waits, one is offered, one queued: all in order. */
const IN_ORDER: Standing = {
  ...NOTHING,
  project: {
    id: ACME,
    name: 'Acme',
    allowedOrigins: [],
    widgetKey: 'pk',
    primaryGroupId: LINE_1.id,
    settings: SETTINGS,
    settingsVersion: 1,
    version: 1,
  },
  channels: [channel('web'), channel('mail')],
  groups: [GROUP],
  members: [{ groupId: LINE_1.id, agentId: ADA.id }],
  agents: [ADA, BO],
  chats: CHATS,
  places: [place({ chatId: 'chat_2' })],
  queue: [IN_QUEUE],
  offers: [{ chatId: OFFERED.id, groupId: null, offerId: OFFERED.offer.id }],
  offerees: new Map([[OFFERED.offer.id, [ADA.id, BO.id]]]),
  cursor: { cursor: { memberOrder: 1, agentId: ADA.id }, version: 1 },
  ranks: new Map<string, unknown>([
    ['ada', null],
    ['bo', rankKey(BO)],
  ]),
  turns: new Map<string, unknown>([
    ['ada', null],
    ['bo', memberKey(BO)],
  ]),
  sweeps: [
    sweepWaiting(ACME, WAITING.id),
    sweepOffer(ACME, OFFERED.id),
    sweepQueued(ACME, QUEUED.id),
    sweepTimed(at('17:00'), 'edge', ACME, BO.id),
  ],
};

const but = (changed: Partial<Standing>): Standing => ({ ...IN_ORDER, ...changed });
const ada = (changed: Partial<Agent>) => but({ agents: [{ ...ADA, ...changed }, BO] });
const bo = (changed: Partial<Agent>) => but({ agents: [ADA, { ...BO, ...changed }] });
const chats = (...changed: readonly StoredChat[]) =>
  but({ chats: CHATS.map(one => changed.find(({ chat }) => chat.id === one.chat.id) ?? one) });
const settings = (given: Partial<typeof SETTINGS>) =>
  but({ project: IN_ORDER.project && { ...IN_ORDER.project, settings: { ...SETTINGS, ...given } } });
const of = (one: Partial<StoredGroup>) => but({ groups: [{ ...GROUP, ...one }] });
const BY_GROUP = { newVisitors: { policy: 'group', onNobody: null } } as const;
const stands = (cursor: Partial<NonNullable<Standing['cursor']['cursor']>>, version = 1) =>
  but({ cursor: { cursor: { memberOrder: 1, agentId: ADA.id, ...cursor }, version } });

const distributed = (given: Partial<Assignment>, trigger: Trigger) =>
  stored(
    { ...OPEN, assignments: [assignment({ method: 'distributed-by-operator', ...given })] },
    { ...DECIDED, trigger },
  );

type Check = (standing: Standing) => readonly string[];
type Drift = readonly [what: string, drifted: Standing];

/** Each invariant with what it must find. */
const DRIFTS = new Map<Check, readonly Drift[]>([
  [
    loadsAddUp,
    [
      ['a load that is too high', ada({ load: 2, vacancy: -1 })],
      ['a count that is too low', ada({ openChats: 0 })],
      ['a chat missing in its agent', ada({ chatIds: [] })],
      ['a vacancy that is not limit less load', ada({ vacancy: 1 })],
      ['an offered chat that is charged to somebody', bo({ load: 1, vacancy: 4 })],
    ],
  ],
  [limitsHold, [['a load above the limit that nothing forced', ada({ maxLoad: 0, vacancy: -1 })]]],
  [
    ownersAreOne,
    [
      ['a chat of two agents', bo({ chatIds: [OPEN.id] })],
      ['a chat whose agent is gone', but({ agents: [BO] })],
      ['an owner of a waiting chat', ada({ chatIds: [OPEN.id, WAITING.id] })],
      ['an owner of an offered chat', bo({ chatIds: [OFFERED.id] })],
    ],
  ],
  [
    waitingIsReached,
    [
      ['a waiting chat outside the line', but({ places: [] })],
      ['a place of a chat that no longer waits', but({ chats: [stored(OPEN)] })],
      ['a place of an offered chat', but({ places: [...IN_ORDER.places, place({ chatId: 'chat_3' })] })],
      [
        'a place on another channel than its chat',
        but({ places: [place({ chatId: 'chat_2', channelId: 'mail' })] }),
      ],
      [
        'a place in another group than its chat asked for',
        but({ places: [place({ chatId: 'chat_2', asked: 'line-1' })] }),
      ],
      [
        'a place of a visitor that its chat does not know',
        but({ places: [place({ chatId: 'chat_2', lastServedBy: 'ada' })] }),
      ],
      ['a place that says it was decided where nothing is on record', chats(stored(WAITING))],
    ],
  ],
  [
    offersAreOpen,
    [
      ['an offered chat outside the list', but({ offers: [] })],
      ['an open offer of a chat that is somebody’s', chats(stored({ ...OPEN, id: OFFERED.id }, OFFERING))],
      ['two open offers of a chat', but({ offers: [...IN_ORDER.offers, ...IN_ORDER.offers] })],
      [
        'an open offer of another decision than its chat says',
        but({ offers: [{ chatId: OFFERED.id, groupId: null, offerId: decisionId('dec_9') }] }),
      ],
      [
        'an open offer in another scope than its chat says',
        but({ offers: [{ chatId: OFFERED.id, groupId: LINE_1.id, offerId: OFFERED.offer.id }] }),
      ],
      ['an offer to fewer than it says', but({ offerees: new Map([[OFFERED.offer.id, [ADA.id]]]) })],
      ['an offer that names one twice', but({ offerees: new Map([[OFFERED.offer.id, [ADA.id, ADA.id]]]) })],
      ['an offer without its decision', chats(stored(OFFERED))],
    ],
  ],
  [
    queueIsTrue,
    [
      ['a queued chat outside the queue', but({ queue: [] })],
      ['a row of a chat that is not queued', chats(stored({ ...QUEUED, transfer: null }))],
      [
        'a row for another group than its chat says',
        but({ queue: [{ ...IN_QUEUE, groupId: groupId('line-2') }] }),
      ],
      [
        'a row in another place than its chat says',
        but({ queue: [{ ...IN_QUEUE, createdOn: at('15:41') }] }),
      ],
      ['a row in another state than its chat is in', but({ queue: [{ ...IN_QUEUE, state: 'held' }] })],
      ['two rows of a chat', but({ queue: [IN_QUEUE, { ...IN_QUEUE, createdOn: at('15:41') }] })],
      [
        'a row that says it is closed, of a chat that is not',
        but({ queue: [{ ...IN_QUEUE, state: 'closed' }] }),
      ],
    ],
  ],
  [
    failuresAreExplained,
    [
      [
        'a failed transfer that nothing explains',
        chats(stored({ ...OPEN, transferFailedAt: at('15:45') }, DECIDED)),
      ],
      [
        'a failed transfer that is explained by an assignment',
        chats(stored({ ...OPEN, transferFailedAt: OPEN.assignedAt }, { ...DECIDED, trigger: 'transfer' })),
      ],
      [
        'a chat that was handed over and waits without a reason',
        chats(stored({ ...WAITING, handedOver: true }, WAITS)),
      ],
    ],
  ],
  [
    sweepSeesAll,
    [
      ['a waiting chat the sweep does not see', but({ sweeps: IN_ORDER.sweeps.slice(1) })],
      ['an offer the sweep does not see', but({ sweeps: IN_ORDER.sweeps.toSpliced(1, 1) })],
      ['an edge the sweep does not see', but({ sweeps: IN_ORDER.sweeps.slice(0, -1) })],
      ['a queued chat the sweep does not see', but({ sweeps: IN_ORDER.sweeps.toSpliced(2, 1) })],
      ['a held chat of the queue that the sweep sees', but({ queue: [{ ...IN_QUEUE, state: 'held' }] })],
      ['an edge the sweep sees at another time', bo({ nextEdgeAt: at('18:00') })],
      ['an edge of an agent without a schedule', bo({ nextEdgeAt: null })],
      ['a group under way the sweep does not see', of({ spreading: 'removal' })],
    ],
  ],
  [
    ordersAreTrue,
    [
      [
        'a full agent in the rank index',
        but({ ranks: new Map([...IN_ORDER.ranks, ['ada', '000001#000000#000000000000000#ada']]) }),
      ],
      ['a free agent outside the rank index', but({ ranks: new Map([...IN_ORDER.ranks, ['bo', null]]) })],
      [
        'a full agent in the members index',
        but({ turns: new Map([...IN_ORDER.turns, ['ada', '0000001#ada']]) }),
      ],
      ['a free agent outside the members index', but({ turns: new Map([...IN_ORDER.turns, ['bo', null]]) })],
      ['an agent in another turn than its card says', bo({ memberOrder: 8 })],
    ],
  ],
  [
    membersAgree,
    [
      ['a member without its row', but({ members: [] })],
      ['the row of one that is no member', ada({ groups: [] })],
      ['a count that is too high', of({ members: 2 })],
      ['a count that is too low', of({ members: 0 })],
    ],
  ],
  [
    requiredGroupHolds,
    [
      ['a needed group that is not marked so', settings(BY_GROUP)],
      ['a group marked as needed that is not', of({ required: true })],
      [
        'a needed group that is empty',
        { ...settings(BY_GROUP), groups: [{ ...GROUP, required: true, members: 0 }] },
      ],
      [
        'a needed group on its way out',
        { ...settings(BY_GROUP), groups: [{ ...GROUP, required: true, spreading: 'removal' }] },
      ],
    ],
  ],
  [
    cursorIsSane,
    [
      ['a rotation at an agent that it never chose', stands({ agentId: BO.id })],
      ['a rotation at another place in the order than it chose', stands({ memberOrder: 4 })],
      ['a rotation that moved more often than it chose', stands({}, 2)],
      ['a rotation that chose and did not move', but({ cursor: { cursor: null, version: 0 } })],
    ],
  ],
  [
    assignmentsAreExplained,
    [
      ['an assignment without its decision', chats(stored(OPEN))],
      ['a decision for somebody else', chats(stored(OPEN, { ...DECIDED, winner: BO.id }))],
      [
        'a decision under settings that are still to come',
        chats(stored(OPEN, { ...DECIDED, settingsVersion: 2 })),
      ],
      [
        'a decision of the original agent that is recorded as automatic',
        chats(stored(OPEN, { ...DECIDED, policy: 'original-agent' })),
      ],
      [
        'one by the job that does not say since when it was queued',
        chats(distributed({ createdOn: null }, 'distribution')),
      ],
      ['one by the job that no run has decided', chats(distributed({ createdOn: at('15:05') }, 'search'))],
      [
        'one at the start that says it had been queued',
        chats(stored({ ...OPEN, assignments: [assignment({ createdOn: at('15:05') })] }, DECIDED)),
      ],
      [
        'a forced assignment that nothing forced',
        chats(stored({ ...OPEN, assignments: [assignment({ forced: true })] }, DECIDED)),
      ],
    ],
  ],
  [
    assignedOnce,
    [
      [
        'a chat that was given out twice',
        chats(stored({ ...OPEN, assignments: [assignment(), assignment()] })),
      ],
    ],
  ],
  [
    nobodyWaitsInVain,
    [
      ['a chat that waits while somebody is free for it', bo({ channels: null })],
      [
        'a chat that waits while the one who served its visitor is there',
        {
          ...settings({ returningVisitors: { policy: 'original-agent', onNobody: null } }),
          chats: [stored({ ...WAITING, returning: true, lastServedBy: ADA.id })],
        },
      ],
      ['a chat that waits in a group that is gone', chats(stored({ ...WAITING, asked: groupId('gone') }))],
      [
        'a chat that waits though it could be offered',
        settings({ newVisitors: { policy: 'smart', onNobody: null } }),
      ],
      [
        'a chat that waits where all are offered',
        settings({ newVisitors: { policy: 'all', onNobody: null } }),
      ],
    ],
  ],
  [
    offersCanBeAccepted,
    [
      [
        'an offer to agents who are all inactive',
        but({ agents: [ADA, BO].map(one => ({ ...one, active: false })) }),
      ],
      ['an offer to agents who are gone', but({ agents: [] })],
      [
        'an offer to a group that all have left',
        chats(stored({ ...OFFERED, offer: { ...OFFERED.offer, groupId: groupId('line-2') } }, OFFERING)),
      ],
    ],
  ],
  [
    groupsAreShown,
    [
      ['a position that is not its groups’ lowest', ada({ queuePosition: 7 })],
      ['a member of a group that is gone', ada({ groups: [group('gone', 1).id], queuePosition: 1 })],
      ['a change still on its way to the members', of({ spreading: 'position' })],
    ],
  ],
]);

describe('an invariant', () => {
  test('has nothing to say of a table in order', () => {
    expect(violationsOnceSettled(IN_ORDER)).toEqual([]);
  });

  const rows = [...DRIFTS].flatMap(([check, drifts]) =>
    drifts.map(([what, drifted]) => [check.name, what, check, drifted] as const),
  );
  test.each(rows)('%s finds %s', (_name, _what, check, drifted) => {
    expect(check(IN_ORDER)).toEqual([]);
    expect(check(drifted)).not.toEqual([]);
  });

  test.each([
    ['left the queue undecided', { ...OPEN, transfer: TRANSFER }, OPEN],
    ['was handed over by a bot and is nowhere', QUEUED, { ...QUEUED, transfer: null }],
  ])('of the way there finds a chat that %s', (_, before, after) => {
    const change = (chat: Chat) => ({ before: null, after: chatRowOf(stored(chat)) });
    expect(violationsOnTheWay([change(before)])).toEqual([]);
    expect(violationsOnTheWay([change(before), change(after)])).not.toEqual([]);
    const closed = close(before, 'closed-by-operator', at('15:50'));
    expect(violationsOnTheWay([change(before), change(closed)])).toEqual([]);
    const kept = openChat({ id: before.id, transferFailedAt: at('15:50') });
    expect(violationsOnTheWay([change(before), change(kept)])).toEqual([]);
    const row = { pk: `P#${ACME}#QUEUE`, sk: 'x', chatId: before.id, createdOn: TRANSFER.createdOn };
    expect(violationsOnTheWay([change(before), { before: row, after: null }])).not.toEqual([]);
    expect(violationsOnTheWay([change(before), change(closed), { before: row, after: null }])).toEqual([]);
  });

  test('that automatic allocation is off is no reason to complain of chats that wait', () => {
    expect(
      nobodyWaitsInVain({ ...bo({ channels: null }), ...settings({ automaticAllocation: false }) }),
    ).toEqual([]);
    const empty = { ...settings(BY_GROUP), agents: [BO] };
    expect(nobodyWaitsInVain(empty)).toEqual([]);
  });
});
