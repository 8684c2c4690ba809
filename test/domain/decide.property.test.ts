import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate } from '../../domain/agent.ts';
import type { Circumstances } from '../../domain/decide.ts';
import type { Verdict } from '../../domain/decision.ts';
import { agentId } from '../support/domain.ts';
import { chat, team, teamTwice } from './arbitraries.ts';
import { decideAmong } from './deciding.ts';
import { availableInOrder, fits } from './naive.ts';

type Decide = (candidates: readonly Candidate[], given?: Partial<Circumstances>) => Verdict;

/** A guarantee throws with the seed and the smallest counterexample when a way to decide breaks it. */
type Guarantee = (decide: Decide, run?: fc.Parameters<unknown>) => void;

const limits = fc.record({ consideredMax: fc.nat(4), exclusionsMax: fc.nat(4) });

const GUARANTEES = {
  'the winner is the first by the rule said a second time': (decide, run) =>
    fc.assert(
      fc.property(team, chat, (agents, demand) => {
        expect(decide(agents, { demand }).winner).toBe(availableInOrder(agents, demand)[0] ?? null);
      }),
      run,
    ),

  'the winner is available': (decide, run) =>
    fc.assert(
      fc.property(team, chat, (agents, demand) => {
        const { winner } = decide(agents, { demand });
        fc.pre(winner !== null);
        expect(agents.filter(agent => agent.id === winner).map(agent => fits(agent, demand))).toEqual([true]);
      }),
      run,
    ),

  'somebody wins whenever somebody is available': (decide, run) =>
    fc.assert(
      fc.property(team, chat, (agents, demand) => {
        const { winner, outcome } = decide(agents, { demand });
        expect(winner !== null).toBe(agents.some(agent => fits(agent, demand)));
        expect(outcome === 'assigned').toBe(winner !== null);
      }),
      run,
    ),

  'the order in which the team was read does not matter': (decide, run) =>
    fc.assert(
      fc.property(teamTwice, chat, ([one, other], demand) => {
        expect(gist(decide(one, { demand }))).toEqual(gist(decide(other, { demand })));
      }),
      run,
    ),

  'the record adds up: in, out, ruled out, listed and cut': (decide, run) =>
    fc.assert(
      fc.property(team, chat, limits, (agents, demand, max) => {
        expectToAddUp(decide(agents, { demand, limits: max }), agents, demand, max);
      }),
      run,
    ),
} satisfies Record<string, Guarantee>;

/** What may not depend on the order of reading: all but the order in which the ruled out are listed. */
function gist({ steps, ...rest }: Verdict) {
  return { ...rest, steps: steps.map(step => ({ ...step, excluded: new Set(step.excluded) })) };
}

function expectToAddUp(
  verdict: Verdict,
  agents: readonly Candidate[],
  demand: Circumstances['demand'],
  { consideredMax, exclusionsMax }: Circumstances['limits'],
) {
  const [scope, eligibility, ...ranking] = verdict.steps;
  const inOrder = availableInOrder(agents, demand);
  expect(scope).toMatchObject({ name: 'scope', in: agents.length, out: agents.length });
  expect(eligibility).toMatchObject({ name: 'eligibility', in: agents.length, out: inOrder.length });
  // Each step goes on with those whom the one before it left, and leaves somebody.
  let left = inOrder.length;
  for (const step of ranking) {
    expect(step.in).toBe(left);
    expect(step.out).toBeLessThanOrEqual(step.in);
    left = step.out;
  }
  expect(left).toBe(verdict.winner === null ? 0 : 1);
  expect(verdict.decidedBy).toBe(verdict.steps.at(-1)?.name);
  // Only these two steps say why, and they say it of everybody they ruled out.
  for (const { name, in: into, out, excluded, excludedMore } of verdict.steps) {
    const ruledOut = name === 'eligibility' || name === 'queue-position' ? into - out : 0;
    expect(excluded).toHaveLength(Math.min(ruledOut, exclusionsMax));
    expect(excludedMore).toBe(ruledOut - excluded.length);
  }
  const listed = inOrder.slice(0, consideredMax);
  expect(verdict.considered.map(one => one.agentId)).toEqual(listed);
  expect(verdict.consideredMore).toBe(inOrder.length - listed.length);
}

describe('for any team and any chat', () => {
  test.each(Object.entries(GUARANTEES))('%s', (_, holds) => {
    holds(decideAmong, { numRuns: 500 });
  });
});

/** Ways to decide that each get one thing wrong. */
const FAULTS = {
  'ranks by free room instead of open chats': (agents, given) =>
    as(agents, given, agent => ({ openChats: agent.vacancy === null ? -99 : -agent.vacancy })),
  'takes "never closed" for "closed just now"': (agents, given) =>
    as(agents, given, agent => ({ lastClosedAt: agent.lastClosedAt ?? MUCH_LATER })),
  'does not ask for the queue position': (agents, given) => as(agents, given, () => ({ queuePosition: 1 })),
  'sends the chat to an agent at rest': (agents, given) =>
    as(agents, given, agent => (agent.status === 'rest' ? { status: 'online' } : {})),
  'takes an empty channel list for all channels': (agents, given) =>
    as(agents, given, agent => (agent.channels?.length === 0 ? { channels: null } : {})),
  'wants one unit of room more than the chat weighs': (agents, given) =>
    as(agents, given, agent => ({ vacancy: agent.vacancy === null ? null : agent.vacancy - 1 })),
  'settles ties by who was read first': (agents, given) => {
    const ids = agents.map(agent => agent.id);
    const verdict = as(agents, given, agent => ({ id: agentId(String(10 + ids.indexOf(agent.id))) }));
    return { ...verdict, winner: ids[Number(verdict.winner ?? 10) - 10] ?? null };
  },
  'counts only the listed': (agents, given) => ({ ...decideAmong(agents, given), consideredMore: 0 }),
} satisfies Record<string, Decide>;

const MUCH_LATER = 9_999_999 as NonNullable<Candidate['lastClosedAt']>;

/** The right decision about a team that was misread. */
function as(
  agents: readonly Candidate[],
  given: Partial<Circumstances> | undefined,
  misread: (agent: Candidate) => Partial<Candidate>,
): Verdict {
  return decideAmong(
    agents.map(agent => ({ ...agent, ...misread(agent) })),
    given,
  );
}

describe('the guarantees can fail', () => {
  const RULE = 'the winner is the first by the rule said a second time';
  test.each<[keyof typeof FAULTS, keyof typeof GUARANTEES]>([
    ['ranks by free room instead of open chats', RULE],
    ['takes "never closed" for "closed just now"', RULE],
    ['does not ask for the queue position', RULE],
    ['sends the chat to an agent at rest', 'the winner is available'],
    ['takes an empty channel list for all channels', 'the winner is available'],
    ['wants one unit of room more than the chat weighs', 'somebody wins whenever somebody is available'],
    ['settles ties by who was read first', 'the order in which the team was read does not matter'],
    ['counts only the listed', 'the record adds up: in, out, ruled out, listed and cut'],
  ])('a decision that %s breaks "%s"', (fault, guarantee) => {
    const withFault = () => GUARANTEES[guarantee](FAULTS[fault], { numRuns: 500, seed: 1 });
    expect(withFault).toThrow('Property failed');
  });
});
