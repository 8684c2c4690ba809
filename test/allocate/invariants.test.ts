import { describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import { agentRowOf } from '../../functions/store/agent-row.ts';
import { chatRowOf, type StoredChat } from '../../functions/store/chat-row.ts';
import type { Row } from '../../functions/store/client.ts';
import { SWEEP_LIST, sweepWaiting } from '../../functions/store/keys.ts';
import { rankKey } from '../../functions/store/rank-key.ts';
import {
  agent,
  agentId,
  assignment,
  channel,
  chatId,
  decisionId,
  group,
  LINE_1,
  openChat,
  place,
  waitingChat,
} from '../support/domain.ts';
import {
  ACME,
  assignedOnce,
  assignmentsAreExplained,
  groupsAreShown,
  limitsHold,
  loadsAddUp,
  NOTHING,
  nobodyWaitsInVain,
  overtaken,
  ownersAreOne,
  ranksAreTrue,
  type Standing,
  violationsOnceSettled,
  violationsOnTheWay,
  waitingIsReached,
} from '../support/world.ts';

const GROUP = { ...LINE_1, version: 1, spreading: null };
const ADA = agent({ id: 'ada', maxLoad: 1, load: 1, vacancy: 0, chatIds: ['chat_1'], groups: [LINE_1] });
const BO = agent({ id: 'bo', channels: ['mail'] });
const OPEN = openChat({ agentId: agentId('ada'), assignments: [assignment({ agentId: agentId('ada') })] });
const WAITING = waitingChat({ id: chatId('chat_2') });

const stored = (chat: StoredChat['chat']): StoredChat => ({ chat, tokenHash: '', firstDecision: null });

/** Ada has a chat and is full, Bo is free for another channel, one chat waits: all in order. */
const IN_ORDER: Standing = {
  ...NOTHING,
  channels: [channel('web'), channel('mail')],
  agents: [ADA, BO],
  chats: [stored(OPEN), stored(WAITING)],
  places: [place({ chatId: 'chat_2' })],
  groups: [GROUP],
  decisions: [
    {
      id: decisionId('dec_1'),
      chatId: OPEN.id,
      at: OPEN.assignedAt,
      trigger: 'start',
      settingsVersion: 1,
      attempts: 1,
      tookMs: 0,
      policy: 'queue-position',
      reading: 'rank-order',
      steps: [],
      considered: [],
      consideredMore: 0,
      winner: agentId('ada'),
      decidedBy: 'eligibility',
      outcome: 'assigned',
    },
  ],
  ranks: new Map<string, unknown>([
    ['ada', null],
    ['bo', rankKey(BO)],
  ]),
  sweeps: new Map([['chat_2', `${SWEEP_LIST}|${sweepWaiting(ACME, chatId('chat_2'))}`]]),
};

const ada = (changed: Partial<Agent>): Standing => ({ ...IN_ORDER, agents: [{ ...ADA, ...changed }, BO] });

describe('an invariant', () => {
  test('has nothing to say of a table in order', () => {
    expect(violationsOnceSettled(IN_ORDER)).toEqual([]);
  });

  test.each<[string, (standing: Standing) => readonly string[], Standing]>([
    ['a load that is too high', loadsAddUp, ada({ load: 2, vacancy: -1 })],
    ['a count that is too low', loadsAddUp, ada({ openChats: 0 })],
    ['a chat missing in its agent', loadsAddUp, ada({ chatIds: [] })],
    ['a vacancy that is not limit less load', loadsAddUp, ada({ vacancy: 1 })],
    ['a load above the limit that nothing forced', limitsHold, ada({ maxLoad: 0, vacancy: -1 })],
    ['a chat of two agents', ownersAreOne, { ...IN_ORDER, agents: [ADA, { ...BO, chatIds: [OPEN.id] }] }],
    ['a chat whose agent is gone', ownersAreOne, { ...IN_ORDER, agents: [BO] }],
    ['an owner of a waiting chat', ownersAreOne, ada({ chatIds: [OPEN.id, WAITING.id] })],
    ['a waiting chat outside the line', waitingIsReached, { ...IN_ORDER, places: [] }],
    ['a place of a chat that no longer waits', waitingIsReached, { ...IN_ORDER, chats: [stored(OPEN)] }],
    ['a waiting chat the sweep does not see', waitingIsReached, { ...IN_ORDER, sweeps: new Map() }],
    [
      'a place on another channel than its chat',
      waitingIsReached,
      { ...IN_ORDER, places: [place({ chatId: 'chat_2', channelId: 'mail' })] },
    ],
    [
      'a full agent in the rank index',
      ranksAreTrue,
      { ...IN_ORDER, ranks: new Map([...IN_ORDER.ranks, ['ada', '000001#000000#000000000000000#ada']]) },
    ],
    [
      'a free agent outside the rank index',
      ranksAreTrue,
      { ...IN_ORDER, ranks: new Map([...IN_ORDER.ranks, ['bo', null]]) },
    ],
    ['an assignment without its decision', assignmentsAreExplained, { ...IN_ORDER, decisions: [] }],
    [
      'a decision for somebody else',
      assignmentsAreExplained,
      { ...IN_ORDER, decisions: IN_ORDER.decisions.map(one => ({ ...one, winner: agentId('bo') })) },
    ],
    [
      'a chat that was given out twice',
      assignedOnce,
      { ...IN_ORDER, chats: [stored({ ...OPEN, assignments: [assignment(), assignment()] })] },
    ],
    [
      'a chat that waits while somebody is free for it',
      nobodyWaitsInVain,
      { ...IN_ORDER, agents: [ADA, { ...BO, channels: null }] },
    ],
    ['a position that is not its groups’ lowest', groupsAreShown, ada({ queuePosition: 7 })],
    [
      'a member of a group that is gone',
      groupsAreShown,
      ada({ groups: [group('gone', 1).id], queuePosition: 1 }),
    ],
    [
      'a change still on its way to the members',
      groupsAreShown,
      { ...IN_ORDER, groups: [{ ...GROUP, spreading: 'position' }] },
    ],
  ])('finds %s', (_, check, drifted) => {
    expect(check(IN_ORDER)).toEqual([]);
    expect(check(drifted)).not.toEqual([]);
  });
});

const created = (after: Row) => ({ before: null, after });
const chatRow = (chat: StoredChat['chat']) => created(chatRowOf(stored(chat)));
const agentRow = (one: Agent) => created(agentRowOf(ACME, one));

describe('an invariant of the way there', () => {
  const free = agent({ id: 'ada', maxLoad: 1 });

  test('finds a load that was wrong in between only', () => {
    expect(violationsOnTheWay([agentRow(free), chatRow(OPEN), agentRow(ADA)])).toEqual([]);
    const between = agentRow({ ...free, load: 1, vacancy: 0 });
    expect(violationsOnTheWay([agentRow(free), between, chatRow(OPEN), agentRow(ADA)])).not.toEqual([]);
  });

  test('finds an agent that was above its limit in between only', () => {
    const both = [OPEN, openChat({ id: chatId('chat_9') })].map(chatRow);
    const over = agent({ id: 'ada', maxLoad: 1, load: 2, chatIds: ['chat_1', 'chat_9'] });
    expect(violationsOnTheWay([...both, agentRow(over)])).not.toEqual([]);
    expect(violationsOnTheWay([...both, agentRow({ ...over, maxLoad: 2, vacancy: 0 })])).toEqual([]);
  });

  const newer = openChat({ id: chatId('chat_5') });
  const older = waitingChat({ id: chatId('chat_2') });
  const channels = [channel('web')];

  test('finds a chat that was overtaken', () => {
    expect(overtaken([agentRow(free), chatRow(older), chatRow(newer)], channels)).toHaveLength(1);
  });

  test.each([
    ['the older one could not have gone there', agent({ id: 'ada', channels: ['mail'] }), older, newer],
    ['it was accepted by hand', free, older, { ...newer, assignments: [assignment({ method: 'accepted' })] }],
    ['it is the older one', free, waitingChat({ id: chatId('chat_7') }), newer],
  ])('finds nobody overtaken where %s', (_, taker, waiting, given) => {
    expect(overtaken([agentRow(taker), chatRow(waiting), chatRow(given)], channels)).toEqual([]);
  });

  test('finds nobody overtaken where the older one was given out too', () => {
    const settled = [chatRow(older), chatRow(newer), chatRow({ ...OPEN, id: older.id })];
    expect(overtaken([agentRow(free), ...settled], channels)).toEqual([]);
  });
});
