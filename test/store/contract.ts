import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Agent } from '../../domain/agent.ts';
import { canTakeSomething, vacancyOf } from '../../domain/agent.ts';
import type { ChatId, Instant, ProjectId, VisitorId } from '../../domain/brands.ts';
import type { OpenChat } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import { released, taken } from '../../domain/load.ts';
import { rankingOf } from '../../domain/policies.ts';
import { comesBefore } from '../../domain/ranking.ts';
import { defaultSettings } from '../../domain/settings.ts';
import { assign } from '../../domain/verbs/assign.ts';
import { close } from '../../domain/verbs/close.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import {
  listAgents,
  readAgent,
  readRank,
  readTeam,
  removeAgent,
  saveAgent,
  saveCard,
} from '../../functions/store/agents.ts';
import {
  listChannels,
  readChannel,
  readChannels,
  readChannelsById,
  readProjectAndChannel,
  removeChannel,
  saveChannel,
} from '../../functions/store/channels.ts';
import type { StoredChat } from '../../functions/store/chat-row.ts';
import {
  isOnChannel,
  listChatIds,
  readChat,
  readChats,
  readDecisions,
  saveAccepted,
  saveClosed,
} from '../../functions/store/chats.ts';
import type { Table } from '../../functions/store/client.ts';
import { commit, type Write } from '../../functions/store/commit.ts';
import { giveOut, type Handout } from '../../functions/store/give-out.ts';
import {
  finishSpreading,
  listGroups,
  readGroup,
  readGroups,
  readGroupsById,
  type StoredGroup,
  saveGroup,
} from '../../functions/store/groups.ts';
import { beginCommand, forgetCommand, keepAnswer } from '../../functions/store/idempotency.ts';
import { messageKey } from '../../functions/store/keys.ts';
import { readLine, readLineUpTo } from '../../functions/store/line.ts';
import { postMessage } from '../../functions/store/messages.ts';
import { listProjects, readProject, saveProject } from '../../functions/store/projects.ts';
import { getRow } from '../../functions/store/read.ts';
import {
  readArmedUntil,
  releaseLease,
  saveArmedUntil,
  takeLease,
} from '../../functions/store/search-lease.ts';
import { claimNew, joinLine, lostTheAgent } from '../../functions/store/start.ts';
import { findWork } from '../../functions/store/sweep.ts';
import { readSystemSettings, saveSystemSettings } from '../../functions/store/system-settings.ts';
import { pointVisitorTo, readVisitor } from '../../functions/store/visitors.ts';
import type { TableEngine } from '../../local/engines/dynamodb.ts';
import {
  agent,
  agentId,
  assignment,
  at,
  channel,
  channelId,
  chatId,
  closedChat,
  decisionId,
  group,
  LINE_1,
  LINE_2,
  NOW,
  openChat,
  waitingChat,
} from '../support/domain.ts';
import { type Engine, openEngine, whyNotHere } from '../support/engine.ts';
import { ACME } from '../support/world.ts';

/** What the store promises, on one engine; where that cannot run, it says why. */
export function storeContract(name: TableEngine['name']): void {
  const reason = whyNotHere(name);
  if (reason === null) describe(`the store on ${name}`, () => contract(name));
  else
    describe(`the store on ${name}: not run, ${reason}`, () =>
      test('that is known', () => expect(reason).not.toBe('')));
}

let engine: Engine;
let table: Table;

function contract(name: TableEngine['name']): void {
  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    table = await engine.openTable();
  });

  describe('agents', agents);
  describe('the rank index', ranks);
  describe('chats', chats);
  describe('a start', starts);
  describe('giving out', givingOut);
  describe('the waiting line', line);
  describe('groups', groups);
  describe('channels, projects and settings', configuration);
  describe('commands', commands);
  describe('the lease', lease);
  describe('the sweep', sweep);
}

const TOKEN_HASH = 'h'.repeat(43);
const ADA = agent({ id: 'ada' });
const isCommitted = { outcome: 'committed' };

/** Ids sort as they were numbered, and hold a time as ids of ours do. */
const chatAt = (number: number) => chatId(`chat_01kjqme800${String(number).padStart(16, '0')}`);
const later = (ms: number) => (NOW + ms) as Instant;

async function put(...all: readonly Agent[]) {
  for (const one of all) expect(await saveCard(table, ACME, one, null, [])).toEqual(isCommitted);
}

const DECISION: Decision = {
  id: decisionId('dec_1'),
  chatId: chatAt(1),
  at: NOW,
  trigger: 'start',
  settingsVersion: 3,
  attempts: 2,
  tookMs: 17,
  policy: 'queue-position',
  reading: 'rank-order',
  steps: [
    {
      name: 'eligibility',
      in: 4,
      out: 2,
      excluded: [
        { agentId: agentId('bo'), why: 'no-room' },
        { agentId: agentId('cy'), why: 'not-online' },
      ],
      excludedMore: 0,
    },
    { name: 'queue-position', in: 2, out: 1, excluded: [], excludedMore: 1 },
  ],
  considered: [
    { agentId: agentId('ada'), queuePosition: 1, openChats: 0, vacancy: null, lastClosedAt: null },
    { agentId: agentId('di'), queuePosition: 2, openChats: 3, vacancy: -1, lastClosedAt: at('09:00') },
  ],
  consideredMore: 7,
  winner: agentId('ada'),
  decidedBy: 'queue-position',
  outcome: 'assigned',
};
const NOBODY: Decision = {
  ...DECISION,
  considered: [],
  winner: null,
  decidedBy: 'eligibility',
  outcome: 'all-full',
  reading: 'whole-team',
};

const waiting = (number = 1, given: Parameters<typeof waitingChat>[0] = {}) =>
  waitingChat({
    id: chatAt(number),
    visitorId: chatAt(number).replace('chat_', 'vis_') as VisitorId,
    ...given,
  });
const storedAs = <C extends StoredChat['chat']>(chat: C, firstDecision: Decision | null = null) => ({
  chat,
  tokenHash: TOKEN_HASH,
  firstDecision,
});

async function join(
  number = 1,
  given: Parameters<typeof waitingChat>[0] = {},
  firstDecision: Decision | null = null,
) {
  const stored = storedAs(waiting(number, given), firstDecision);
  expect(await joinLine(table, stored, 0, [])).toEqual(isCommitted);
  return stored;
}

/** Ada's chat, as a start claims it. */
const claimed = (number = 1, weight = 1, to = 'ada') =>
  assign(
    waiting(number, { version: 1 }),
    {
      agentId: agentId(to),
      method: 'automatic',
      reason: null,
      forced: false,
      decisionId: DECISION.id,
      weight,
    },
    NOW,
  );

async function open(number = 1, weight = 1, alongside: readonly Write[] = []) {
  const before = await readAgent(table, ACME, ADA.id);
  if (before === null) throw new Error('put Ada first');
  const stored = storedAs(claimed(number, weight), DECISION);
  expect(await claimNew(table, stored, before, alongside)).toEqual(isCommitted);
  return stored;
}

async function ada(): Promise<Agent> {
  const found = await readAgent(table, ACME, ADA.id);
  if (found === null) throw new Error('Ada is not there');
  return found;
}

function agents(): void {
  test.each<[string, Agent]>([
    ['on all channels', agent({ channels: null })],
    ['on no channel', agent({ channels: [] })],
    ['on some channels', agent({ channels: ['web', 'mail'] })],
    ['without a limit', agent({ maxLoad: null })],
    ['with limit 0', agent({ maxLoad: 0 })],
    ['above its limit', agent({ maxLoad: 2, load: 5, chatIds: ['chat_1', 'chat_2'] })],
    ['in groups', agent({ groups: [LINE_1, LINE_2] })],
    ['that closed a chat', agent({ lastClosed: '15:05' })],
    ['with held chats and misses', agent({ heldChats: 2, missedChats: 3 })],
    ...(['busy', 'rest', 'offline'] as const).map(
      status => [`that is ${status}`, agent({ status })] as [string, Agent],
    ),
    ['that is not active', agent({ active: false, statusReason: 'set-by-operator' })],
  ])('%s is read as it was written', async (_, one) => {
    await put(one);
    expect(await readAgent(table, ACME, one.id)).toEqual(one);
    expect(await readTeam(table, ACME)).toEqual([one]);
  });

  test('are read whole when there are many pages of them', async () => {
    await put(...['c', 'a', 'b', 'a-1', 'a_1', '1'].map(id => agent({ id })));
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await listAgents(table, ACME, 2, after);
      ids.push(...page.agents.map(one => one.id));
      after = ids.at(-1);
      if (!page.more) break;
    }
    expect(ids).toEqual(['1', 'a', 'a-1', 'a_1', 'b', 'c']);
    expect(await listAgents(table, 'elsewhere' as ProjectId, 5)).toEqual({ agents: [], more: false });
    expect(await readAgent(table, 'elsewhere' as ProjectId, agentId('a'))).toBeNull();
  });

  test('of two who read the same version, one saves and the other is told', async () => {
    await put(ADA);
    const next = { ...ADA, version: 2 };
    const both = await Promise.all(
      ['busy' as const, 'rest' as const].map(status => saveAgent(table, ACME, { ...next, status }, 1)),
    );
    expect([...both].sort()).toEqual(['stale', 'written']);
  });

  test('a card is not saved over a claim that came in between', async () => {
    await put(ADA);
    await open();
    expect((await saveCard(table, ACME, { ...ADA, name: 'New', version: 2 }, 1, [])).outcome).toBe('refused');
    expect(await saveAgent(table, ACME, { ...ADA, version: 2 }, 1)).toBe('stale');
    expect((await ada()).chatIds).toEqual([chatAt(1)]);
  });

  test('a card is not saved on a group that changed or went since it was read, and not added twice', async () => {
    const seen: StoredGroup = { ...LINE_1, version: 1, spreading: null };
    await saveGroup(table, ACME, seen, null, null);
    expect(await saveCard(table, ACME, ADA, null, [seen])).toEqual(isCommitted);
    expect((await saveCard(table, ACME, ADA, null, [])).outcome).toBe('refused');
    await saveGroup(table, ACME, { ...seen, version: 2 }, 1, null);
    const next = { ...ADA, version: 2 };
    expect((await saveCard(table, ACME, next, 1, [seen])).outcome).toBe('refused');
    expect((await saveCard(table, ACME, next, 1, [{ ...seen, id: group('gone', 1).id }])).outcome).toBe(
      'refused',
    );
  });

  test('one is removed unless it has a chat or changed', async () => {
    await put(ADA);
    expect((await removeAgent(table, ACME, ADA.id, 9)).outcome).toBe('refused');
    await open();
    expect((await removeAgent(table, ACME, ADA.id, 2)).outcome).toBe('refused');
    await put(agent({ id: 'bo' }));
    expect(await removeAgent(table, ACME, agentId('bo'), 1)).toEqual(isCommitted);
    expect((await readTeam(table, ACME)).map(one => one.id)).toEqual([ADA.id]);
  });
}

const anyAgent: fc.Arbitrary<Agent> = fc
  .record({
    id: fc.constantFrom('a', 'a-1', 'a1', 'a10', 'a2', 'a_1', 'b', 'z', '1', '10', '2', '9'),
    active: fc.nat(7).map(roll => roll > 0),
    status: fc.constantFrom('online', 'online', 'online', 'busy', 'rest', 'offline'),
    queuePosition: fc.constantFrom(0, 1, 2, 10, 99_999, 999_999),
    openChats: fc.constantFrom(0, 1, 2, 9, 10, 100),
    maxLoad: fc.constantFrom(null, 0, 1, 5, 100_000),
    load: fc.constantFrom(0, 1, 4, 5),
    lastClosedAt: fc.constantFrom(null, 1, 999, 1_000, NOW, later(1)),
  })
  .map(
    given =>
      ({
        ...agent({ id: given.id }),
        ...given,
        id: agentId(given.id),
        vacancy: vacancyOf(given.maxLoad, given.load),
      }) as Agent,
  );

function ranks(): void {
  test('holds those who can take something, in the order in which the domain ranks them', async () => {
    let projects = 0;
    const teams = fc.uniqueArray(anyAgent, { selector: one => one.id, minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(teams, async team => {
        projects += 1;
        const own = `project-${projects}` as ProjectId;
        await Promise.all(team.map(one => saveCard(table, own, one, null, [])));
        const ranking = rankingOf('queue-position');
        const byDomain = team.filter(canTakeSomething).sort((a, b) => (comesBefore(ranking, a, b) ? -1 : 1));
        const { candidates, last } = await readRank(table, own);
        expect(candidates.map(one => one.id)).toEqual(byDomain.map(one => one.id));
        expect(last).toBeNull();
        for (const [index, one] of candidates.entries()) expect(byDomain[index]).toMatchObject(one);
      }),
      { numRuns: 10 },
    );
  });

  test('is read page by page', async () => {
    await put(...['c', 'a', 'b'].map(id => agent({ id })));
    const first = await readRank(table, ACME, 2);
    expect(first.candidates.map(one => one.id)).toEqual(['a', 'b']);
    const second = await readRank(table, ACME, 2, first.last ?? undefined);
    expect(second).toMatchObject({ candidates: [{ id: 'c' }], last: null });
  });

  test('loses an agent that is full, and has it again when a chat closes', async () => {
    await put(agent({ id: 'ada', maxLoad: 1 }));
    const stored = await open();
    expect((await readRank(table, ACME)).candidates).toEqual([]);
    const before = await ada();
    const after = close(stored.chat, 'closed-by-agent', later(1));
    await saveClosed(
      table,
      { before: stored, after },
      { before, after: released(before, stored.chat.id, 1, later(1)) },
    );
    expect((await readRank(table, ACME)).candidates).toMatchObject([
      { id: 'ada', openChats: 0, lastClosedAt: later(1) },
    ]);
  });
}

function chats(): void {
  const full: OpenChat = openChat({
    id: chatAt(1),
    groupId: LINE_1.id,
    visitor: { name: 'Vi', attributes: { plan: 'gold' } },
    returning: true,
    forced: true,
    assignments: [
      assignment({ reason: 'by hand', forced: true, decisionId: null, method: 'accepted' }),
      assignment(),
    ],
    lastMessageAt: NOW,
    lastMessageFrom: 'visitor',
  });

  test.each<[string, StoredChat['chat'], Decision | null]>([
    ['that waits', waiting(), null],
    ['that waits, with the decision why', waiting(), NOBODY],
    ['that is open, with everything it can hold', full, DECISION],
    ['that is open, with as little as possible', openChat({ id: chatAt(1), assignments: [] }), null],
    ['that closed unheld', closedChat({ id: chatAt(1) }), NOBODY],
    ['that closed in an agent’s hands', close(full, 'closed-by-operator', NOW), DECISION],
  ])('one %s is read as it was written, its decision included', async (_, chat, firstDecision) => {
    const stored = storedAs(chat, firstDecision);
    await joinLine(table, stored as ReturnType<typeof storedAs<ReturnType<typeof waiting>>>, 0, []);
    expect(await readChat(table, chat.projectId, chat.id)).toEqual(stored);
    expect(await readDecisions(table, chat.projectId, chat.id)).toEqual(
      firstDecision === null ? [] : [firstDecision],
    );
  });

  test('that are not there are null, or left out', async () => {
    await join(1);
    expect(await readChat(table, ACME, chatAt(2))).toBeNull();
    expect(await readDecisions(table, ACME, chatAt(2))).toBeNull();
    const found = await readChats(table, ACME, [chatAt(3), chatAt(1), chatAt(2)]);
    expect(found.map(chat => chat.id)).toEqual([chatAt(1)]);
    expect(await readChats(table, ACME, [])).toEqual([]);
  });

  test('are read in the order asked for, also more than one call can fetch', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => chatAt(index + 1)).reverse();
    await Promise.all(ids.map((_, index) => joinLine(table, storedAs(waiting(index + 1)), 0, [])));
    expect((await readChats(table, ACME, ids)).map(chat => chat.id)).toEqual(ids);
  });

  test('are listed by state, oldest first, page by page', async () => {
    await put(ADA);
    for (const number of [3, 1, 2]) await join(number, number === 2 ? { channelId: channelId('mail') } : {});
    await open(4);
    const first = await listChatIds(table, ACME, 'waiting', 2);
    expect(first.chats.map(chat => chat.id)).toEqual([chatAt(1), chatAt(2)]);
    const second = await listChatIds(table, ACME, 'waiting', 2, chatAt(2));
    expect(second).toMatchObject({ chats: [{ id: chatAt(3) }], more: false });
    expect((await listChatIds(table, ACME, 'open')).chats.map(chat => chat.id)).toEqual([chatAt(4)]);
    expect((await listChatIds(table, ACME, 'closed')).chats).toEqual([]);
    expect(await isOnChannel(table, ACME, 'waiting', channelId('mail'))).toBe(true);
    expect(await isOnChannel(table, ACME, 'open', channelId('mail'))).toBe(false);
  });

  const accept = async (before: StoredChat & { chat: ReturnType<typeof waiting> }, by: Agent) => {
    const after = assign(
      before.chat,
      { agentId: by.id, method: 'accepted', reason: null, forced: true, decisionId: null, weight: 2 },
      NOW,
    );
    const saved = await saveAccepted(table, { before, after }, by, taken(by, after.id, 2));
    return { after, saved };
  };

  test('of two agents who accept one at once, exactly one gets it', async () => {
    const bo = agent({ id: 'bo', maxLoad: 0 });
    await put(ADA, bo);
    const before = await join();
    const both = await Promise.all([accept(before, ADA), accept(before, bo)]);
    expect(both.map(({ saved }) => saved.outcome).sort()).toEqual(['committed', 'refused']);
    const winner = both.find(({ saved }) => saved.outcome === 'committed')?.after;
    expect((await readChat(table, ACME, chatAt(1)))?.chat).toEqual(winner);
    expect((await readTeam(table, ACME)).map(one => one.load).sort()).toEqual([0, 2]);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
  });

  test('one is not accepted after its agent changed, and stays in the line', async () => {
    await put(ADA);
    const before = await join();
    await saveAgent(table, ACME, { ...ADA, active: false, version: 2 }, 1);
    expect((await accept(before, ADA)).saved.outcome).toBe('refused');
    expect((await readLine(table, ACME, 5)).places).toHaveLength(1);
  });

  const closing = async (stored: StoredChat & { chat: OpenChat }, now: Instant, given?: Agent) => {
    const before = given ?? (await ada());
    const after = close(stored.chat, 'closed-by-agent', now);
    return saveClosed(
      table,
      { before: stored, after },
      { before, after: released(before, after.id, after.held?.weight ?? 0, now) },
    );
  };

  test('closed twice at once releases its slot once, by exactly what was charged', async () => {
    await put(ADA);
    const stored = await open(1, 3);
    const both = await Promise.all([closing(stored, later(1)), closing(stored, later(2))]);
    expect(both.map(saved => saved.outcome).sort()).toEqual(['committed', 'refused']);
    expect(await ada()).toMatchObject({ load: 0, openChats: 0, vacancy: 5, chatIds: [] });
  });

  test('is not closed against an older row of its agent', async () => {
    await put(ADA);
    const stored = await open(1);
    const seen = await ada();
    await open(2);
    expect((await closing(stored, later(1), seen)).outcome).toBe('refused');
    expect((await ada()).openChats).toBe(2);
  });

  test('closed while it waits leaves the line; it is not accepted after that', async () => {
    await put(ADA);
    const before = await join();
    const after = close(before.chat, 'closed-by-visitor', NOW);
    expect(await saveClosed(table, { before, after }, null)).toEqual(isCommitted);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
    expect((await accept(before, ADA)).saved.outcome).toBe('refused');
    expect((await ada()).load).toBe(0);
  });
}

function starts(): void {
  const claim = (number: number, to: Agent, alongside: readonly Write[] = [], weight = 1) =>
    claimNew(table, storedAs(claimed(number, weight, to.id), DECISION), to, alongside);

  test.each([
    ['with a limit', ADA, 3, { load: 3, vacancy: 2, openChats: 1 }],
    ['that it fills', agent({ id: 'ada', maxLoad: 3 }), 3, { load: 3, vacancy: 0, openChats: 1 }],
    [
      'without a limit',
      agent({ id: 'ada', maxLoad: null }),
      1_000,
      { load: 1_000, vacancy: null, openChats: 1 },
    ],
  ])('charges an agent %s', async (_, one, weight, expected) => {
    await put(one);
    expect(await claim(1, one, [], weight)).toEqual(isCommitted);
    expect(await ada()).toMatchObject({ ...expected, version: 2, chatIds: [chatAt(1)] });
  });

  test('of two who claim the same agent as they saw it, one gets it, and it is the agent that was lost', async () => {
    await put(ADA);
    const both = await Promise.all([claim(1, ADA), claim(2, ADA)]);
    expect(both.map(result => result.outcome).sort()).toEqual(['committed', 'refused']);
    const refused = both.find(result => result.outcome === 'refused');
    expect(refused?.outcome === 'refused' && lostTheAgent(refused.refusals)).toBe(true);
    expect((await ada()).openChats).toBe(1);
  });

  test.each<[string, Partial<Agent>]>([
    ['went offline', { status: 'offline', version: 2 }],
    ['was disabled', { active: false, version: 2 }],
    ['got another chat', { openChats: 1, version: 2 }],
    // Each clause stands on its own: even with the version we saw, the limit holds.
    ['has less room than its version promised', { vacancy: 0, maxLoad: 0 }],
    ['is busy though its version promised otherwise', { status: 'busy' }],
    ['has a limit though its version promised none', { maxLoad: 5 }],
  ])('is refused when the agent %s', async (_, changed) => {
    await put({ ...ADA, ...changed } as Agent);
    const seen = changed.maxLoad === 5 ? agent({ id: 'ada', maxLoad: null }) : ADA;
    const result = await claim(1, seen);
    expect(result.outcome).toBe('refused');
    expect(await readChat(table, ACME, chatAt(1))).toBeNull();
    expect((await ada()).chatIds).toEqual([]);
  });

  test('that loses what is written alongside writes nothing, and it was not the agent that was lost', async () => {
    await put(ADA);
    const visitor = waiting(1).visitorId;
    await open(5, 1, [pointVisitorTo(table, ACME, visitor, chatAt(5), null)]);
    const result = await claim(1, await ada(), [pointVisitorTo(table, ACME, visitor, chatAt(1), null)]);
    expect(result.outcome === 'refused' && !lostTheAgent(result.refusals)).toBe(true);
    expect((await ada()).openChats).toBe(1);
  });

  test('brings the visitor’s pointer: the visitor is named after its first chat and led to its last', async () => {
    const visitor = waiting(1).visitorId;
    expect(await readVisitor(table, ACME, visitor)).toBeNull();
    const first = await join(1);
    expect(await readVisitor(table, ACME, visitor)).toEqual({ pointer: null, last: first });
    const second = storedAs(waiting(2, { visitorId: visitor }));
    expect(await joinLine(table, second, 0, [pointVisitorTo(table, ACME, visitor, chatAt(2), null)])).toEqual(
      isCommitted,
    );
    expect(await readVisitor(table, ACME, visitor)).toEqual({ pointer: chatAt(2), last: second });
    const third = (seen: ChatId) =>
      joinLine(table, storedAs(waiting(3, { visitorId: visitor })), 0, [
        pointVisitorTo(table, ACME, visitor, chatAt(3), seen),
      ]);
    expect((await third(chatAt(1))).outcome).toBe('refused');
    expect(await third(chatAt(2))).toEqual(isCommitted);
  });

  test('brings its first message', async () => {
    const stored = storedAs(waiting(1));
    await joinLine(table, stored, 0, [postMessage(table, stored.chat, { id: 'msg_1', text: 'hello' })]);
    expect(await getRow(table, messageKey(ACME, chatAt(1), 'msg_1'))).toMatchObject({
      text: 'hello',
      from: 'visitor',
    });
    expect(await readDecisions(table, ACME, chatAt(1))).toEqual([]);
  });
}

function givingOut(): void {
  const handout = (number: number, given: Partial<Handout> = {}): Handout => {
    const decision = {
      ...DECISION,
      id: decisionId(`dec_out_${number}`),
      chatId: chatAt(number),
      trigger: 'search' as const,
    };
    return {
      place: {
        chatId: chatAt(number),
        channelId: channelId('web'),
        groupId: null,
        returning: false,
        since: at('15:00'),
        attempts: 0,
        decided: false,
      },
      weight: 1,
      assignment: assignment({ decisionId: decision.id, at: NOW }),
      decision,
      ...given,
    };
  };
  const decided = (number: number) => handout(number, { place: { ...handout(number).place, decided: true } });

  test('several chats to several agents takes all from the line and charges each agent once', async () => {
    const bo = agent({ id: 'bo', maxLoad: null });
    await put(ADA, bo);
    await join(1);
    await join(2, {}, { ...NOBODY, chatId: chatAt(2) });
    await join(3);
    const toBo = handout(3, {
      weight: 4,
      assignment: assignment({ agentId: bo.id, decisionId: decisionId('dec_out_3'), at: NOW }),
    });
    expect(
      await giveOut(table, ACME, [
        { agent: ADA, handouts: [handout(1), decided(2)] },
        { agent: bo, handouts: [toBo] },
      ]),
    ).toEqual(isCommitted);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
    expect(await ada()).toMatchObject({
      openChats: 2,
      load: 2,
      vacancy: 3,
      version: 2,
      chatIds: [chatAt(1), chatAt(2)],
    });
    expect(await readAgent(table, ACME, bo.id)).toMatchObject({ openChats: 1, load: 4, vacancy: null });
    expect((await readRank(table, ACME)).candidates.map(one => one.id)).toEqual(['bo', 'ada']);
    const first = await readChat(table, ACME, chatAt(1));
    const meant = assign(
      waiting(1),
      { ...assignment({ decisionId: decisionId('dec_out_1'), at: NOW }), weight: 1 },
      NOW,
    );
    expect(first).toEqual(storedAs(meant, handout(1).decision));
    // A second decision is a row of its own, and the first one stays.
    expect(await readDecisions(table, ACME, chatAt(2))).toEqual([
      { ...NOBODY, chatId: chatAt(2) },
      handout(2).decision,
    ]);
    expect((await listChatIds(table, ACME, 'open')).chats).toHaveLength(3);
  });

  test('fills an agent and takes it from the rank index', async () => {
    await put(agent({ id: 'ada', maxLoad: 2 }));
    await join(1);
    await join(2);
    expect(await giveOut(table, ACME, [{ agent: await ada(), handouts: [handout(1), handout(2)] }])).toEqual(
      isCommitted,
    );
    expect((await readRank(table, ACME)).candidates).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'a chat was closed',
      async () => {
        const before = await readChat(table, ACME, chatAt(1));
        if (before?.chat.state !== 'waiting') throw new Error('it waits');
        return saveClosed(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, null);
      },
    ],
    ['the agent went offline', () => saveAgent(table, ACME, { ...ADA, status: 'offline', version: 2 }, 1)],
    ['the agent got another chat', () => open(9)],
    ['a chat was given out already', () => giveOut(table, ACME, [{ agent: ADA, handouts: [handout(1)] }])],
  ])('nothing is given out when %s meanwhile', async (_, meanwhile) => {
    await put(ADA);
    await join(1);
    await join(2);
    await meanwhile();
    const before = await engine.allRows(table);
    expect((await giveOut(table, ACME, [{ agent: ADA, handouts: [handout(1), handout(2)] }])).outcome).toBe(
      'refused',
    );
    expect(await engine.allRows(table)).toEqual(before);
  });

  test('never takes an agent above its limit, whatever was read', async () => {
    await put(agent({ id: 'ada', maxLoad: 1 }));
    await join(1);
    await join(2);
    const seen = { ...ADA, vacancy: 5 };
    expect((await giveOut(table, ACME, [{ agent: seen, handouts: [handout(1), handout(2)] }])).outcome).toBe(
      'refused',
    );
  });
}

function line(): void {
  test('is read oldest first and page by page, each place as it was written', async () => {
    for (const number of [3, 1]) await join(number);
    await joinLine(
      table,
      storedAs(waiting(2, { channelId: channelId('mail'), groupId: LINE_1.id, returning: true }), NOBODY),
      2,
      [],
    );
    const first = await readLine(table, ACME, 2);
    expect(first.places.map(place => place.chatId)).toEqual([chatAt(1), chatAt(2)]);
    expect(first.places[1]).toEqual({
      chatId: chatAt(2),
      channelId: channelId('mail'),
      groupId: LINE_1.id,
      returning: true,
      since: at('15:00'),
      attempts: 2,
      decided: true,
    });
    expect(await readLine(table, ACME, 2, first.last ?? undefined)).toMatchObject({
      places: [{ chatId: chatAt(3) }],
      last: null,
    });
    expect(await readLine(table, 'elsewhere' as ProjectId, 2)).toEqual({ places: [], last: null });
  });

  test('up to a chat holds those before it and not itself', async () => {
    for (const number of [1, 2, 3]) await join(number);
    const before = async (number: number) =>
      (await readLineUpTo(table, ACME, chatAt(number))).map(place => place.chatId);
    expect(await before(3)).toEqual([chatAt(1), chatAt(2)]);
    expect(await before(1)).toEqual([]);
  });
}

function groups(): void {
  const stored = (given: Partial<StoredGroup> = {}): StoredGroup => ({
    ...LINE_1,
    version: 1,
    spreading: null,
    ...given,
  });
  const primaryOf = async () => (await readProject(table, ACME))?.primaryGroupId;

  test.each([null, 'position', 'removal'] as const)(
    'one that is spreading %s is read as it was written',
    async spreading => {
      expect(await saveGroup(table, ACME, stored({ spreading }), null, null)).toEqual(isCommitted);
      expect(await readGroup(table, ACME, LINE_1.id)).toEqual(stored({ spreading }));
      expect(await readGroups(table, ACME)).toEqual([stored({ spreading })]);
    },
  );

  test('are listed by id, page by page, and found by their ids', async () => {
    for (const id of ['c', 'a', 'b'])
      await saveGroup(table, ACME, stored({ id: group(id, 1).id }), null, null);
    const first = await listGroups(table, ACME, 2);
    expect([first.groups.map(one => one.id), first.more]).toEqual([['a', 'b'], true]);
    expect((await listGroups(table, ACME, 2, 'b')).groups.map(one => one.id)).toEqual(['c']);
    const ids = ['c', 'gone', 'a'].map(id => group(id, 1).id);
    expect((await readGroupsById(table, ACME, ids)).map(one => one.id)).toEqual(['c', 'a']);
    expect(await readGroupsById(table, ACME, [])).toEqual([]);
  });

  test('of two who change one at once, one is told', async () => {
    await saveGroup(table, ACME, stored(), null, null);
    const change = (queuePosition: number) =>
      saveGroup(table, ACME, stored({ version: 2, queuePosition }), 1, null);
    expect((await Promise.all([change(5), change(6)])).map(saved => saved.outcome).sort()).toEqual([
      'committed',
      'refused',
    ]);
  });

  test('the mark of the primary group moves with the group, or not at all', async () => {
    await saveProject(table, PROJECT, null);
    await saveGroup(table, ACME, stored(), null, 'put');
    expect(await primaryOf()).toBe(LINE_1.id);
    expect((await saveGroup(table, ACME, stored({ version: 9 }), 8, 'take')).outcome).toBe('refused');
    expect(await primaryOf()).toBe(LINE_1.id);
    await saveGroup(table, ACME, stored({ version: 2 }), 1, 'take');
    expect(await primaryOf()).toBeNull();
    expect((await readProject(table, ACME))?.version).toBe(3);
    const elsewhere = 'elsewhere' as ProjectId;
    expect((await saveGroup(table, elsewhere, stored(), null, 'put')).outcome).toBe('refused');
  });

  test('the mark is taken off only where it is', async () => {
    await saveProject(table, PROJECT, null);
    await saveGroup(table, ACME, stored(), null, 'put');
    await saveGroup(table, ACME, { ...stored(), id: LINE_2.id }, null, 'put');
    expect((await saveGroup(table, ACME, stored({ version: 2 }), 1, 'take')).outcome).toBe('refused');
    expect(await primaryOf()).toBe(LINE_2.id);
  });

  test('spreading ends with the mark off or the group gone, unless it changed again', async () => {
    const moved = stored({ spreading: 'position', version: 2 });
    await saveGroup(table, ACME, moved, null, null);
    await finishSpreading(table, ACME, { ...moved, version: 1 });
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual(moved);
    await finishSpreading(table, ACME, moved);
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual({ ...moved, spreading: null });
    const leaving = stored({ spreading: 'removal', version: 3 });
    await saveGroup(table, ACME, leaving, 2, null);
    await finishSpreading(table, ACME, { ...leaving, version: 2 });
    expect(await readGroup(table, ACME, LINE_1.id)).toEqual(leaving);
    await finishSpreading(table, ACME, leaving);
    expect(await readGroup(table, ACME, LINE_1.id)).toBeNull();
  });
}

const PROJECT = {
  id: ACME,
  name: 'Acme',
  allowedOrigins: ['https://acme.example'],
  widgetKey: 'pk_acme',
  primaryGroupId: null,
  settings: defaultSettings('Europe/Berlin'),
  settingsVersion: 1,
  version: 1,
};

function configuration(): void {
  test('a channel is read as it was written, and of two who write it one is told', async () => {
    const web = { ...channel('web', 3), version: 1 };
    expect(await saveChannel(table, ACME, web, null)).toBe('written');
    expect(await saveChannel(table, ACME, { ...web, weight: 4 }, null)).toBe('stale');
    // The same row again is a write that was sent twice.
    expect(await saveChannel(table, ACME, web, null)).toBe('written');
    expect(await readChannel(table, ACME, web.id)).toEqual(web);
    const change = (weight: number) => saveChannel(table, ACME, { ...web, weight, version: 2 }, 1);
    expect((await Promise.all([change(4), change(5)])).sort()).toEqual(['stale', 'written']);
    expect(await removeChannel(table, ACME, web.id, 1)).toBe('stale');
    expect(await removeChannel(table, ACME, web.id, 2)).toBe('written');
    expect(await readChannel(table, ACME, web.id)).toBeNull();
  });

  test('channels are listed by id, page by page, and found by their ids', async () => {
    for (const id of ['c', 'a', 'b']) await saveChannel(table, ACME, { ...channel(id), version: 1 }, null);
    const first = await listChannels(table, ACME, 2);
    expect([first.channels.map(one => one.id), first.more]).toEqual([['a', 'b'], true]);
    expect((await listChannels(table, ACME, 2, 'b')).channels.map(one => one.id)).toEqual(['c']);
    expect((await readChannels(table, ACME)).map(one => one.id)).toEqual(['a', 'b', 'c']);
    expect((await readChannelsById(table, ACME, ['b', 'gone'].map(channelId))).map(one => one.id)).toEqual([
      'b',
    ]);
  });

  test('a project is read as it was written, alone and with a channel', async () => {
    expect(await saveProject(table, PROJECT, null)).toBe('written');
    expect(await saveProject(table, { ...PROJECT, name: 'Other' }, null)).toBe('stale');
    expect(await saveProject(table, { ...PROJECT, version: 8 }, 7)).toBe('stale');
    expect(await readProject(table, ACME)).toEqual(PROJECT);
    const web = { ...channel('web'), version: 1 };
    expect(await readProjectAndChannel(table, ACME, web.id)).toEqual({ project: PROJECT, channel: null });
    await saveChannel(table, ACME, web, null);
    expect(await readProjectAndChannel(table, ACME, web.id)).toEqual({ project: PROJECT, channel: web });
    expect(await readProjectAndChannel(table, 'no' as ProjectId, web.id)).toEqual({
      project: null,
      channel: null,
    });
  });

  test('projects are listed by id, page by page', async () => {
    expect((await listProjects(table, 2, undefined)).projects).toEqual([]);
    for (const id of ['c', 'a', 'b']) await saveProject(table, { ...PROJECT, id: id as ProjectId }, null);
    const first = await listProjects(table, 2, undefined);
    expect(first).toMatchObject({ projects: [{ id: 'a' }, { id: 'b' }], last: 'b', more: true });
    expect(await listProjects(table, 2, 'b')).toMatchObject({ projects: [{ id: 'c' }], more: false });
  });

  test('system settings are nobody’s until they are set, and of two who set them one is told', async () => {
    expect(await readSystemSettings(table)).toEqual({
      settings: { routingFrequencySeconds: 0, routingQueueSize: 0 },
      version: 0,
    });
    const settings = { routingFrequencySeconds: 7, routingQueueSize: 3 };
    expect(await saveSystemSettings(table, settings, 0)).toBe('written');
    expect(await saveSystemSettings(table, { ...settings, routingQueueSize: 4 }, 0)).toBe('stale');
    expect(await readSystemSettings(table)).toEqual({ settings, version: 1 });
    expect(await saveSystemSettings(table, settings, 1)).toBe('written');
  });
}

function commands(): void {
  const LEASE_MS = BOUNDS.idempotencyLeaseSeconds * 1_000;
  const KEEP_MS = BOUNDS.idempotencyKeepHours * 3_600_000;
  const answer = new Uint8Array([1, 2, 3]);
  const first = { digest: 'd', attempt: 'first', now: NOW, fingerprint: 'f' };
  const second = { ...first, attempt: 'second' };
  const begin = (given: Partial<typeof first> = {}) => beginCommand(table, { ...second, ...given });

  beforeEach(async () => {
    expect(await beginCommand(table, first)).toBe('begun');
  });

  test('one that is at work is not begun again, until its lease is over', async () => {
    expect(await begin()).toBe('in-progress');
    expect(await begin({ now: later(LEASE_MS) })).toBe('in-progress');
    expect(await begin({ now: later(LEASE_MS + 1) })).toBe('begun');
  });

  test('of two who take one over, one does', async () => {
    const now = later(LEASE_MS + 1);
    const both = await Promise.all([begin({ now }), begin({ now, attempt: 'third' })]);
    expect([...both].sort()).toEqual(['begun', 'in-progress']);
  });

  test('a kept answer comes back, lease or no lease, for as long as it is kept', async () => {
    await keepAnswer.now(table, first, answer);
    expect(await begin()).toEqual({ answer });
    expect(await begin({ now: later(LEASE_MS + 1) })).toEqual({ answer });
    expect(await begin({ now: later(KEEP_MS + 1_000) })).toBe('begun');
  });

  test('another request with the same key is told so, also when the lease is over', async () => {
    expect(await begin({ fingerprint: 'other' })).toBe('other-request');
    expect(await begin({ fingerprint: 'other', now: later(LEASE_MS + 1) })).toBe('other-request');
    await keepAnswer.now(table, first, answer);
    expect(await begin({ fingerprint: 'other' })).toBe('other-request');
  });

  test('a run that was taken over keeps nothing, forgets nothing, and its transactions are refused', async () => {
    await begin({ now: later(LEASE_MS + 1) });
    await keepAnswer.now(table, first, answer);
    await forgetCommand(table, first);
    expect(await begin({ attempt: 'third', now: later(LEASE_MS + 2) })).toBe('in-progress');
    const kept = await commit(table, [keepAnswer.asWrite(table, first, answer)], () => false);
    expect(kept.outcome).toBe('refused');
    expect(await commit(table, [keepAnswer.asWrite(table, second, answer)], () => false)).toEqual(
      isCommitted,
    );
    expect(await begin({ attempt: 'third' })).toEqual({ answer });
  });

  test('one that was forgotten may begin anew; one that was answered is not forgotten', async () => {
    await forgetCommand(table, first);
    expect(await begin()).toBe('begun');
    await keepAnswer.now(table, second, answer);
    await forgetCommand(table, second);
    expect(await begin({ attempt: 'third' })).toEqual({ answer });
  });
}

function lease(): void {
  const take = (owner: string, now = NOW) => takeLease(table, ACME, owner, now);

  test('is one’s own: taken once, again by its holder, and by nobody else', async () => {
    expect(await take('first')).toBe(true);
    expect(await take('second')).toBe(false);
    expect(await take('first')).toBe(true);
    expect(await takeLease(table, 'elsewhere' as ProjectId, 'second', NOW)).toBe(true);
  });

  test('of many who want it at once, one gets it', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(owner => take(owner)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test('is free again when it was given back', async () => {
    await take('first');
    await releaseLease(table, ACME, 'first');
    expect(await take('second')).toBe(true);
  });

  test('runs out, and is renewed by taking it again', async () => {
    await take('first');
    expect(await take('second', later(BOUNDS.searchLeaseMs))).toBe(false);
    expect(await take('first', later(BOUNDS.searchLeaseMs))).toBe(true);
    expect(await take('second', later(BOUNDS.searchLeaseMs + 1))).toBe(false);
    expect(await take('second', later(2 * BOUNDS.searchLeaseMs + 1))).toBe(true);
  });

  test('that ran out is not given back by its former holder', async () => {
    await take('first');
    await take('second', later(BOUNDS.searchLeaseMs + 1));
    await releaseLease(table, ACME, 'first');
    expect(await take('third', later(BOUNDS.searchLeaseMs + 2))).toBe(false);
  });

  test('of a clock that was far ahead does not lock the search out', async () => {
    await take('ahead', later(3_600_000));
    expect(await take('second')).toBe(true);
    // A clock that is a little ahead is believed.
    await releaseLease(table, ACME, 'second');
    await take('ahead', later(5_000));
    expect(await take('second')).toBe(false);
  });

  test('given back by nobody in particular does no harm', async () => {
    await releaseLease(table, ACME, 'nobody');
    expect(await take('first')).toBe(true);
  });

  test('and what is armed do not disturb each other', async () => {
    expect(await readArmedUntil(table, ACME)).toBe(0);
    await take('first');
    await saveArmedUntil(table, ACME, later(60_000));
    expect(await take('second')).toBe(false);
    await releaseLease(table, ACME, 'first');
    expect(await readArmedUntil(table, ACME)).toBe(later(60_000));
  });
}

function sweep(): void {
  const idAt = (time: number) => chatId(`chat_${encodeTime(time)}${'0'.repeat(16)}`);

  test('finds nothing where nothing waits', async () => {
    await put(ADA);
    await open(1);
    expect(await findWork(table)).toEqual([]);
  });

  test('finds each project with waiting chats once, with its oldest, and each group under way', async () => {
    // Ids that are each other's beginning must not hide each other.
    const projects = ['a', 'a-1', 'a_1', 'a1', 'b'] as ProjectId[];
    for (const [index, projectId] of projects.entries()) {
      for (const minute of [9, 5, 7]) {
        const chat = waitingChat({ id: idAt(NOW + index + minute * 60_000), projectId });
        expect(await joinLine(table, storedAs(chat), 0, [])).toEqual(isCommitted);
      }
      await saveGroup(
        table,
        projectId,
        { ...LINE_1, version: 1, spreading: index === 1 ? 'removal' : null },
        null,
        null,
      );
    }
    const found = await findWork(table);
    expect(found).toContainEqual({ kind: 'group', projectId: 'a-1', groupId: LINE_1.id });
    const lines = found.filter(finding => finding.kind === 'line');
    expect([...lines].sort((one, other) => (one.projectId < other.projectId ? -1 : 1))).toEqual(
      [...projects].sort().map(projectId => ({
        kind: 'line',
        projectId,
        oldestSince: NOW + projects.indexOf(projectId) + 5 * 60_000,
      })),
    );
    expect(found).toHaveLength(6);
  });

  test('finds it no more when the last chat left the line', async () => {
    const before = await join(1);
    await saveClosed(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, null);
    expect(await findWork(table)).toEqual([]);
  });
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** The ten characters of a ULID that tell its time. */
function encodeTime(time: number): string {
  let text = '';
  for (let rest = time; text.length < 10; rest = Math.floor(rest / 32))
    text = `${CROCKFORD[rest % 32]}${text}`;
  return text;
}
