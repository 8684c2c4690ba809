import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Agent } from '../../domain/agent.ts';
import type { ChatId } from '../../domain/brands.ts';
import type { OpenChat } from '../../domain/chat.ts';
import { closeOf } from '../../domain/closes.ts';
import { POLICY_NAMES, type PolicyName } from '../../domain/policies.ts';
import { agent, at, chatId, group, LINE_1, LINE_2, openChat } from '../support/domain.ts';
import { type Engine, openEngine } from '../support/engine.ts';
import { violationsOnceSettled } from '../support/invariants.ts';
import type { Standing } from '../support/standing.ts';
import { openWorld, waitingLine } from '../support/world.ts';

/**
 * However little of a large team is read for a decision, the one who gets the chat is the first of the whole team by a
 * naive re-statement of the rule, which sorts everybody.
 */
const engine: Engine = await openEngine();
afterAll(() => engine.close());

const AGENTS = 100;
const CHATS = 9;
const LINES = [LINE_1, LINE_2, group('line-9', 9)];

const anyone = fc.record({
  line: fc.constantFrom(null, null, ...LINES),
  openCount: fc.constantFrom(0, 0, 1, 2, 3),
  maxLoad: fc.constantFrom(1, 3, 4, 9, null),
  lastClosed: fc.constantFrom(null, null, '09:00', '12:00', '15:00'),
  memberOrder: fc.constantFrom(1, 2, 3, 4),
  receptionWeight: fc.constantFrom(0, 1, 1, 2, 3),
  closes: fc.constantFrom(0, 1, 2),
  channels: fc.constantFrom(null, null, null, ['mail']),
  status: fc.constantFrom('online' as const, 'online' as const, 'online' as const, 'busy' as const),
});
type Given = typeof anyone extends fc.Arbitrary<infer T> ? T : never;

/** What the rules look at, as it changes from chat to chat. */
type Known = { readonly given: Given; readonly id: string; open: number };
type Key = (known: Known) => number;

const position: Key = ({ given }) => given.line?.queuePosition ?? 1_000_000;
const open: Key = known => known.open;
const lastClose: Key = ({ given }) => (given.lastClosed === null ? 0 : at(given.lastClosed));
const closes: Key = ({ given }) => given.closes;
const order: Key = ({ given }) => given.memberOrder;
const share: Key = known => (known.open + 1) / known.given.receptionWeight;

const RANKINGS: Readonly<Record<Exclude<PolicyName, 'all' | 'member-order'>, readonly Key[]>> = {
  smart: [open, lastClose],
  group: [open, lastClose],
  'queue-position': [position, open, lastClose],
  'least-sessions': [open, lastClose, order],
  'reception-weight': [share, lastClose],
  'month-priority': [position, closes, lastClose],
};

function isAvailable({ given, open: count }: Known, policy: PolicyName): boolean {
  const hasRoom = given.maxLoad === null || count < given.maxLoad;
  const isThere = given.status === 'online' && given.channels === null;
  const isInScope = policy !== 'group' || given.line === LINE_1;
  return hasRoom && isThere && isInScope && (policy !== 'reception-weight' || given.receptionWeight > 0);
}

function firstOf(team: readonly Known[], policy: PolicyName, last: Known | null): Known | undefined {
  const free = team.filter(known => isAvailable(known, policy));
  if (policy !== 'member-order') {
    const keys: readonly Key[] = policy === 'all' ? [] : RANKINGS[policy];
    return free.toSorted((a, b) => {
      const differing = keys.find(key => key(a) !== key(b));
      return differing === undefined ? (a.id < b.id ? -1 : 1) : differing(a) - differing(b);
    })[0];
  }
  const inTurn = team.toSorted((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
  const next = last === null ? 0 : inTurn.indexOf(last) + 1;
  return [...inTurn.slice(next), ...inTurn.slice(0, next)].find(known => free.includes(known));
}

/** Who gets so many chats, one after the other. */
function naively(team: readonly Known[], policy: PolicyName): readonly (string | undefined)[] {
  let last: Known | null = null;
  return Array.from({ length: CHATS }, () => {
    const first = firstOf(team, policy, last);
    if (first === undefined) return undefined;
    first.open += 1;
    last = first;
    return first.id;
  });
}

const knownAs = (given: readonly Given[]): Known[] =>
  given.map((one, index) => ({
    given: one,
    id: `agent-${String(index).padStart(2, '0')}`,
    open: one.maxLoad === null ? one.openCount : Math.min(one.openCount, one.maxLoad),
  }));

function written(team: readonly Known[]): {
  readonly agents: readonly Agent[];
  readonly open: readonly OpenChat[];
} {
  const chats = team.map(({ id, open: count }) =>
    Array.from({ length: count }, (_, index) =>
      openChat({ id: chatId(`chat_${id}_${index}`), agentId: id as never, assignments: [] }),
    ),
  );
  const agents = team.map(({ id, given, open: count }, index) => {
    const { line, closes: closed, channels, ...card } = given;
    return agent({
      ...card,
      id,
      channels,
      groups: line === null ? [] : [line],
      load: count,
      chatIds: (chats[index] ?? []).map(chat => chat.id),
      recentCloses: Array.from({ length: closed }, () => closeOf(at('08:00'), at('08:30'))),
    });
  });
  return { agents, open: chats.flat() };
}

const holderOf = ({ chats }: Standing, { id }: { readonly id: ChatId }) => {
  const chat = chats.find(one => one.chat.id === id)?.chat;
  return chat?.state === 'open' ? chat.agentId : undefined;
};

const RANKED = POLICY_NAMES.filter(name => name !== 'all');

describe.each(RANKED)('by %s, of a hundred agents', policy => {
  const teams = fc.array(anyone, { minLength: AGENTS, maxLength: AGENTS });
  const settings = { newVisitors: { policy, onNobody: 'wait' as const } };
  const openTeam = async (given: readonly Given[]) => {
    const team = knownAs(given);
    const world = await openWorld(engine);
    await world.put({ ...written(team), groups: LINES, primary: LINE_1, settings });
    return { world, expected: naively(team, policy) };
  };
  test('each new chat goes to the first of all', async () => {
    await fc.assert(
      fc.asyncProperty(teams, async given => {
        const { world, expected } = await openTeam(given);
        const bodies = [];
        for (let chat = 0; chat < CHATS; chat += 1) bodies.push((await world.start()).body);
        const standing = await world.standing();
        expect(bodies.map(body => holderOf(standing, body.chat))).toEqual(expected);
        expect(violationsOnceSettled(standing)).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });

  test('a line is given out as if each chat had come by itself', async () => {
    await fc.assert(
      fc.asyncProperty(teams, async given => {
        const { world, expected } = await openTeam(given);
        const waiting = waitingLine(world, CHATS);
        await world.put({ waiting });
        await world.search();
        const standing = await world.standing();
        expect(waiting.map(chat => holderOf(standing, chat))).toEqual(expected);
        expect(violationsOnceSettled(standing)).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });
});
