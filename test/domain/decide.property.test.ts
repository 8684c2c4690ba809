import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from '../../domain/agent.ts';
import type { AgentId, ChannelId, GroupId } from '../../domain/brands.ts';
import type { Step, Verdict } from '../../domain/decision.ts';
import { FALLBACKS, POLICY_NAMES, type PolicyName } from '../../domain/policies.ts';
import { agentId } from '../support/domain.ts';
import { chat, cursor, team, teamTwice } from './arbitraries.ts';
import { decideAmong, type Given } from './deciding.ts';
import { availableInOrder, type Chat, fits, offeredTo, takerOf, weightOf, whyNobody } from './naive.ts';

type Decide = (team: readonly Candidate[], chat: Chat, given: Given) => Verdict;

const decideOn: Decide = (agents, { channelId: id, weight, groupId }, given) =>
  decideAmong(agents, {
    channel: { id, weight },
    scope: groupId === null ? { kind: 'team' } : { kind: 'group', groupId: groupId as GroupId },
    ...given,
  });

/** A guarantee throws with the seed and the smallest counterexample when a way to decide breaks it. */
type Guarantee = (decide: Decide, policy: PolicyName, run?: fc.Parameters<unknown>) => void;

const limits = fc.record({ consideredMax: fc.nat(4), exclusionsMax: fc.nat(4) });
const fallback = fc.constantFrom(...FALLBACKS);

const GUARANTEES = {
  'the winner is the first by the rule said a second time': (decide, policy, run) =>
    fc.assert(
      fc.property(team, chat, cursor, (agents, one, stands) => {
        const { winner } = decide(agents, one, { rule: { policy }, cursor: stands });
        expect(winner).toBe(availableInOrder(agents, one, policy, stands)[0] ?? null);
      }),
      run,
    ),

  'the winner is available': (decide, policy, run) =>
    fc.assert(
      fc.property(team, chat, cursor, (agents, one, stands) => {
        const { winner } = decide(agents, one, { rule: { policy }, cursor: stands });
        const won = agents.filter(agent => agent.id === winner);
        expect(won.map(agent => fits(agent, one, policy))).toEqual(winner === null ? [] : [true]);
      }),
      run,
    ),

  'somebody wins whenever somebody is available': (decide, policy, run) =>
    fc.assert(
      fc.property(team, chat, (agents, one) => {
        const { winner, outcome } = decide(agents, one, { rule: { policy } });
        expect(winner !== null).toBe(availableInOrder(agents, one, policy, null).length > 0);
        expect(outcome === 'assigned').toBe(winner !== null);
      }),
      run,
    ),

  'where nobody can be given it, it is offered or waits, and the reason is on record': (
    decide,
    policy,
    run,
  ) =>
    fc.assert(
      fc.property(team, chat, fallback, (agents, one, onNobody) => {
        const { winner, outcome, offeredBecause, steps } = decide(agents, one, {
          rule: { policy, onNobody },
        });
        const offered = steps.filter(step => step.name === 'offer' && step.out > 0).map(step => step.out);
        expect({ winner, outcome, offeredBecause, offered }).toEqual(
          expectedEnd(agents, one, policy, onNobody, winner),
        );
      }),
      run,
    ),

  'who last served the visitor is asked before all others': (decide, policy, run) =>
    fc.assert(
      fc.property(team, chat, fc.nat(12), (agents, one, which) => {
        const original = agents[which]?.id ?? agentId('gone');
        const { winner, policy: applied } = decide(agents, one, { rule: { policy, original } });
        const taker = askedFirst(agents, one, policy, original);
        expect(winner).toBe(taker?.agentId ?? null);
        expect(applied).toBe(taker?.forced ? 'original-agent' : policy);
      }),
      run,
    ),

  'the order in which the team was read does not matter': (decide, policy, run) =>
    fc.assert(
      fc.property(teamTwice, chat, cursor, ([some, other], one, stands) => {
        const given: Given = { rule: { policy }, cursor: stands };
        expect(gist(decide(some, one, given))).toEqual(gist(decide(other, one, given)));
      }),
      run,
    ),

  'the record adds up: in, out, ruled out, listed and cut': (decide, policy, run) =>
    fc.assert(
      fc.property(team, chat, limits, (agents, one, max) => {
        const given = { rule: { policy, onNobody: 'wait' }, limits: max } as const;
        expectToAddUp(decide(agents, one, given), agents, one, policy, max);
      }),
      run,
    ),
} satisfies Record<string, Guarantee>;

/** What becomes of a chat besides who wins it. */
function expectedEnd(
  agents: readonly Candidate[],
  one: Chat,
  policy: PolicyName,
  onNobody: 'wait' | 'offer',
  winner: AgentId | null,
) {
  const why = whyNobody(agents, one, policy);
  const waits = { winner: null, offeredBecause: null, offered: [] };
  const offered = { ...waits, outcome: 'offered', offered: [offeredTo(agents, one).length] };
  if (why === 'empty-group' || why === 'nobody-works-channel') return { ...waits, outcome: why };
  if (policy === 'all') return offered;
  if (why === null) return { ...waits, winner, outcome: 'assigned' };
  return onNobody === 'offer' ? { ...offered, offeredBecause: why } : { ...waits, outcome: why };
}

/** The taker by the rules for a returning visitor, in a team where the chat weighs what it does. */
function askedFirst(agents: readonly Candidate[], one: Chat, policy: PolicyName, original: AgentId) {
  const rules = {
    newVisitors: { policy, onNobody: null },
    returningVisitors: { policy: 'original-agent', onNobody: null },
  } as const;
  const asks = {
    channelId: one.channelId as ChannelId,
    returning: true,
    lastServedBy: original,
    asked: (one.groupId ?? '*') as GroupId,
  };
  const groups = one.groupId === null ? [] : [one.groupId];
  // The naive line weighs by channel; here the chat has a weight of its own.
  const room = weightOf(asks) - one.weight;
  const inRoom = agents.map(agent => ({
    ...agent,
    vacancy: agent.vacancy === null ? null : agent.vacancy + room,
  }));
  return takerOf(asks, inRoom, { rules, groups, primary: null, cursor: null });
}

/** What may not depend on the order of reading: all but the order in which the ruled out are listed. */
function gist({ steps, ...rest }: Verdict) {
  return { ...rest, steps: steps.map(step => ({ ...step, excluded: new Set(step.excluded) })) };
}

/** These say why, and they say it of everybody they ruled out. */
const SAY_WHY: readonly Step['name'][] = ['scope', 'eligibility', 'queue-position', 'offer'];

function expectToAddUp(
  verdict: Verdict,
  agents: readonly Candidate[],
  one: Chat,
  policy: PolicyName,
  { consideredMax, exclusionsMax }: { readonly consideredMax: number; readonly exclusionsMax: number },
) {
  const inOrder = availableInOrder(agents, one, policy, null);
  const [scope, eligibility] = verdict.steps;
  const { groupId } = one;
  const members = agents.filter(agent => groupId === null || agent.groups.includes(groupId as GroupId));
  expect(scope).toMatchObject({ name: 'scope', in: agents.length, out: members.length });
  if (eligibility?.name === 'eligibility') expect(eligibility.out).toBe(inOrder.length);
  // Each step goes on with those whom the one before it left, and what ranks leaves somebody.
  let left = agents.length;
  for (const step of verdict.steps) {
    expect(step.in).toBe(left);
    expect(step.out).toBeLessThanOrEqual(step.in);
    left = step.out;
  }
  if (verdict.outcome !== 'offered') expect(left).toBe(verdict.winner === null ? 0 : 1);
  expect(verdict.decidedBy).toBe(verdict.steps.at(-1)?.name);
  for (const { name, in: into, out, excluded, excludedMore } of verdict.steps) {
    const ruledOut = SAY_WHY.includes(name) ? into - out : 0;
    expect(excluded).toHaveLength(Math.min(ruledOut, exclusionsMax));
    expect(excludedMore).toBe(ruledOut - excluded.length);
  }
  const listed = inOrder.slice(0, consideredMax);
  expect(verdict.considered.map(considered => considered.agentId)).toEqual(listed);
  expect(verdict.consideredMore).toBe(inOrder.length - listed.length);
}

describe.each(POLICY_NAMES)('for any team and any chat, under %s', policy => {
  test.each(Object.entries(GUARANTEES))('%s', (_, holds) => {
    holds(decideOn, policy, { numRuns: 300 });
  });
});

/** Ways to decide that each get one thing wrong. */
const FAULTS = {
  'ranks by free room instead of open chats': misreading(({ vacancy }) => ({
    openChats: vacancy === null ? -99 : -vacancy,
  })),
  'takes "never closed" for "closed just now"': misreading(({ lastClosedAt }) => ({
    lastClosedAt: lastClosedAt ?? MUCH_LATER,
  })),
  'does not ask for the queue position': misreading(() => ({ queuePosition: 1 })),
  'does not ask for the member order': misreading(() => ({ memberOrder: 1 })),
  'shares by weight alone': misreading(() => ({ openChats: 0 })),
  'gives chats to who has no share': misreading(({ receptionWeight }) => ({
    receptionWeight: receptionWeight || 1,
  })),
  'counts the 30 days first': misreading(({ tally }) => ({
    tally: tally && { closedToday: tally.closedIn30Days, closedIn30Days: tally.closedToday },
  })),
  'sends the chat to an agent at rest': misreading(({ status }) =>
    status === 'rest' ? { status: 'online' } : {},
  ),
  'takes an empty channel list for all channels': misreading(({ channels }) =>
    channels?.length === 0 ? { channels: null } : {},
  ),
  'wants one unit of room more than the chat weighs': misreading(({ vacancy }) => ({
    vacancy: vacancy === null ? null : vacancy - 1,
  })),
  'begins the rotation anew each time': (agents, one, given) =>
    decideOn(agents, one, { ...given, cursor: null }),
  'searches beyond the group': (agents, one, given) => decideOn(agents, { ...one, groupId: null }, given),
  'asks for the queue position where the policy does not': (agents, one, given) =>
    decideOn(agents, one, { ...given, rule: { ...given.rule, policy: 'queue-position' } }),
  'offers where the project says wait': (agents, one, given) =>
    decideOn(agents, one, { ...given, rule: { ...given.rule, onNobody: 'offer' } }),
  'forgets who served the visitor': (agents, one, given) =>
    decideOn(agents, one, { ...given, rule: { ...given.rule, original: null } }),
  'asks whoever served the visitor for room': (agents, one, given) => {
    const { original } = given.rule ?? {};
    const hasRoom = agents.some(agent => agent.id === original && fits(agent, one, 'queue-position'));
    return decideOn(agents, one, hasRoom ? given : { ...given, rule: { ...given.rule, original: null } });
  },
  'settles ties by who was read first': (agents, one, given) => {
    const ids = agents.map(agent => agent.id);
    const renamed = agents.map((agent, i) => ({ ...agent, id: agentId(String(10 + i)) }));
    const verdict = decideOn(renamed, one, given);
    return { ...verdict, winner: ids[Number(verdict.winner ?? 10) - 10] ?? null };
  },
  'counts only the listed': (agents, one, given) => ({
    ...decideOn(agents, one, given),
    consideredMore: 0,
  }),
} satisfies Record<string, Decide>;

const MUCH_LATER = 9_999_999 as NonNullable<Candidate['lastClosedAt']>;

/** The right decision about a team that was misread. */
function misreading(misread: (agent: Candidate) => Partial<Candidate>): Decide {
  return (agents, one, given) =>
    decideOn(
      agents.map(agent => ({ ...agent, ...misread(agent) })),
      one,
      given,
    );
}

describe('the guarantees can fail', () => {
  const RULE = 'the winner is the first by the rule said a second time';
  const REASON = 'where nobody can be given it, it is offered or waits, and the reason is on record';
  const ORIGINAL = 'who last served the visitor is asked before all others';
  test.each<[keyof typeof FAULTS, PolicyName, keyof typeof GUARANTEES]>([
    ['ranks by free room instead of open chats', 'queue-position', RULE],
    ['ranks by free room instead of open chats', 'smart', RULE],
    ['takes "never closed" for "closed just now"', 'queue-position', RULE],
    ['takes "never closed" for "closed just now"', 'reception-weight', RULE],
    ['does not ask for the queue position', 'queue-position', RULE],
    ['does not ask for the queue position', 'month-priority', RULE],
    ['asks for the queue position where the policy does not', 'smart', RULE],
    ['asks for the queue position where the policy does not', 'group', RULE],
    ['does not ask for the member order', 'least-sessions', RULE],
    ['does not ask for the member order', 'member-order', RULE],
    ['begins the rotation anew each time', 'member-order', RULE],
    ['shares by weight alone', 'reception-weight', RULE],
    ['counts the 30 days first', 'month-priority', RULE],
    ['searches beyond the group', 'group', RULE],
    ['sends the chat to an agent at rest', 'queue-position', 'the winner is available'],
    ['takes an empty channel list for all channels', 'queue-position', 'the winner is available'],
    ['searches beyond the group', 'group', 'the winner is available'],
    ['gives chats to who has no share', 'reception-weight', 'the winner is available'],
    [
      'wants one unit of room more than the chat weighs',
      'queue-position',
      'somebody wins whenever somebody is available',
    ],
    ['offers where the project says wait', 'smart', REASON],
    ['searches beyond the group', 'all', REASON],
    ['forgets who served the visitor', 'queue-position', ORIGINAL],
    ['asks whoever served the visitor for room', 'queue-position', ORIGINAL],
    [
      'settles ties by who was read first',
      'queue-position',
      'the order in which the team was read does not matter',
    ],
    ['counts only the listed', 'queue-position', 'the record adds up: in, out, ruled out, listed and cut'],
  ])('a decision that %s, under %s, breaks "%s"', (fault, policy, guarantee) => {
    const withFault = () => GUARANTEES[guarantee](FAULTS[fault], policy, { numRuns: 1_000, seed: 1 });
    expect(withFault).toThrow('Property failed');
  });
});
