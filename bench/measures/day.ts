import type { AgentId, Instant } from '../../domain/brands.ts';
import { agent, LINE_1, LINE_2 } from '../../test/support/domain.ts';
import { openEngine } from '../../test/support/engine.ts';
import { nobodyWaitsInVain, violations, violationsOnceSettled } from '../../test/support/invariants.ts';
import type { Standing } from '../../test/support/standing.ts';
import { openWorld, type World } from '../../test/support/world.ts';
import { type Clockwork, openClockwork } from '../day/clockwork.ts';
import { openPeople, type Seen } from '../day/people.ts';
import type { Measure } from '../measure.ts';
import { type Random, seeded } from '../simulation/random.ts';
import { percentile } from '../statistics.ts';

const CHATS = 10_000;
const AGENTS = 100;
const LIMIT = 2;
const HOURS = 10;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Until the last who came have been served, or have gone. */
const CLOSING_MS = 3 * HOUR_MS;
const ONE_SEARCH_MS = 5 * SECOND_MS;
const BREAKS_PER_AGENT = 2;
const LOST_CONNECTIONS = 30;
/** How often everything that must always hold is held against the whole table, at moments drawn by lot. */
const LOOKS = 8;
const SEED = 20_261_121;

/** What was found wrong, at moments drawn by lot and at the end. */
type Found = { readonly broken: Set<string>; inVain: number };

/**
 * A day of traffic on a clock of its own, over the real handlers, the queue and the schedules: patient and impatient
 * visitors, some of whom come back; agents who forget to answer, take breaks or lose their connection; visitors who
 * vanish; chats on hold, and chats handed to a group while the distribution job is on.
 */
export async function day(): Promise<readonly Measure[]> {
  const engine = await openEngine();
  try {
    const startedMs = performance.now();
    // Nothing reads the stream here, and the embedded engine gets slower with every record it keeps of it.
    const world = await openWorld({ ...engine, openTable: () => engine.openTable({ withStream: false }) });
    await openTeam(world);
    const found: Found = { broken: new Set(), inVain: 0 };
    const seen = await liveThrough(world, found);
    const standing = await world.standing();
    for (const what of violationsOnceSettled(standing)) found.broken.add(what);
    return linesOf(standing, found, seen, (performance.now() - startedMs) / SECOND_MS);
  } finally {
    await engine.close();
  }
}

const agentIdAt = (index: number) => `agent-${index}` as AgentId;

async function openTeam(world: World): Promise<void> {
  await world.put({
    groups: [LINE_1, LINE_2],
    agents: Array.from({ length: AGENTS }, (_, index) =>
      agent({ id: agentIdAt(index), groups: [index % 4 === 0 ? LINE_2 : LINE_1], maxLoad: LIMIT }),
    ),
    settings: { changeAgentMinutes: 5, closeAfterLastMessageMinutes: 10 },
  });
  await world.job('start');
}

async function liveThrough(world: World, found: Found): Promise<Seen> {
  const random = seeded(SEED);
  const clockwork = openClockwork(world);
  const { after, aloneAfter, run } = clockwork;
  const people = openPeople(world, clockwork, SEED, [LINE_1.id, LINE_2.id]);
  const anyTime = () => random() * HOURS * HOUR_MS;
  for (let chat = 0; chat < CHATS; chat += 1)
    after(aroundNoon(random) * HOURS * HOUR_MS, () => people.come(chat));
  for (let index = 0; index < AGENTS * BREAKS_PER_AGENT; index += 1)
    after(anyTime(), () => people.takeBreak(agentIdAt(index % AGENTS)));
  for (let index = 0; index < LOST_CONNECTIONS; index += 1)
    after(anyTime(), () => people.loseConnection(agentIdAt(index), CHATS + index));
  for (let look = 0; look < LOOKS; look += 1)
    aloneAfter(anyTime(), () => lookAround(world, clockwork, found));
  await run((world.clock.now + HOURS * HOUR_MS + CLOSING_MS) as Instant);
  return people.seen;
}

/** A share of the day, most often its middle: the mean of two draws. */
const aroundNoon = (random: Random) => (random() + random()) / 2;

/** Whoever waits though somebody is there has to be gone from the line by the next search. */
async function lookAround(world: World, { aloneAfter }: Clockwork, found: Found): Promise<void> {
  const standing = await world.standing();
  for (const what of violations(standing)) found.broken.add(what);
  const before = new Set(nobodyWaitsInVain(standing).map(chatOf));
  if (before.size === 0) return;
  aloneAfter(ONE_SEARCH_MS + SECOND_MS, async () => {
    const still = nobodyWaitsInVain(await world.standing()).map(chatOf);
    found.inVain += still.filter(chat => before.has(chat)).length;
  });
}

/** What is wrong is said of a chat, whose id comes first. */
const chatOf = (what: string) => what.split(' ')[0];

function linesOf(
  { chats }: Standing,
  { broken, inVain }: Found,
  { gaveUp, failures }: Seen,
  tookSeconds: number,
): readonly Measure[] {
  const all = chats.map(({ chat }) => chat);
  const count = (what: (chat: (typeof all)[number]) => boolean) => all.filter(what).length;
  const had = (method: RegExp) => count(one => one.assignments.some(({ method: how }) => method.test(how)));
  const waits = all.flatMap(({ createdAt, assignments: [first] }) =>
    first === undefined ? [] : [(first.at - createdAt) / SECOND_MS],
  );
  const at = (share: number) => `${Math.round(percentile(waits, share))} s`;
  const unanswered = count(chat => chat.state === 'closed' && chat.closedAs === 'no-answer');
  const none = { bar: 0, better: 'at-most' as const };
  return [
    {
      name: `a day, ${CHATS} visitors, ${AGENTS} agents: what must always hold and did not, at ${LOOKS} moments and the end`,
      value: broken.size,
      unit: 'things',
      ...none,
      note:
        [...broken].slice(0, 3).join('; ') ||
        `waits p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}; ${gaveUp} gave up, ${had(/^changed-agent$/)} moved, ${had(/^distributed-/)} distributed to a group, ${unanswered} closed for no answer; took ${Math.round(tookSeconds)} s`,
    },
    {
      name: 'the same: waiting while somebody was available, beyond one search',
      value: inVain,
      unit: 'chats',
      ...none,
    },
    {
      name: 'the same: not closed three hours after the last came',
      value: count(({ state }) => state !== 'closed'),
      unit: 'chats',
      ...none,
    },
    { name: 'the same: answers of 500 and above', value: failures, unit: 'answers', ...none },
  ];
}
