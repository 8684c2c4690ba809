import type { AgentId, ChatId, Instant } from '../../domain/brands.ts';
import type { Place } from '../../domain/line.ts';
import { openAgenda } from './agenda.ts';
import { between, exponential, seeded } from './random.ts';
import { openTeam, placeOf, type TeamShape } from './team.ts';

export type Trial = TeamShape & {
  readonly seed: number;
  readonly chats: number;
  /** How many chats an agent has open on average: what comes in, against the limit, `maxLoad`. */
  readonly openPerAgent: number;
  /** One agent at a time rests so long; null = nobody does. */
  readonly breakMinutes: number | null;
};

export type Course = {
  /** Who got each chat, in the order in which they were given out. */
  readonly given: readonly AgentId[];
  /** Who came back from a break, and how many chats had been given out by then. */
  readonly returns: readonly { readonly agentId: AgentId; readonly given: number }[];
  /** How many chats each agent had open when one came in, on average over all that came in. */
  readonly openOnAverage: readonly number[];
};

/**
 * A chat lasts anything from 4 to 12 minutes, each as likely. Not exponential: of an agent who always has the same
 * number of chats open, the lengths alone decide how many it gets, 200 give or take 4 with these and 14 with those.
 * Chats come in independently of each other, so the gaps between them are exponential.
 */
const CHAT_MINUTES = { least: 4, most: 12 } as const;
/** So many chats after a return are looked at before the next break begins. */
export const CHATS_AFTER_BREAK = 10;
const CHATS_BEFORE_BREAKS = 500;

const MINUTE_MS = 60_000;
const BEGIN = Date.UTC(2027, 0, 4, 8) as Instant;

type Event =
  | { readonly kind: 'comes-in' }
  | { readonly kind: 'closes'; readonly agentId: AgentId; readonly place: Place }
  | { readonly kind: 'returns'; readonly agentId: AgentId };

/** The course of a trial; the same for the same seed. */
export function simulate(trial: Trial): Course {
  const random = seeded(trial.seed);
  const team = openTeam(trial);
  const agenda = openAgenda<Event>();
  const given: AgentId[] = [];
  const returns: { agentId: AgentId; given: number }[] = [];
  let openInAll: readonly number[] = [];
  let line: readonly Place[] = [];
  let comers = 0;
  let breakFrom = trial.breakMinutes === null ? Number.POSITIVE_INFINITY : CHATS_BEFORE_BREAKS;

  const happen: { [Kind in Event['kind']]: (event: Extract<Event, { kind: Kind }>, now: Instant) => void } = {
    'comes-in': (event, now) => {
      openInAll = team.agents().map(({ openChats }, index) => openChats + (openInAll[index] ?? 0));
      comers += 1;
      line = [...line, placeOf(`chat-${comers}` as ChatId, now)];
      agenda.enter(later(now, exponential(random, gapMsOf(trial))), event);
    },
    closes: ({ agentId, place }, now) => {
      team.close(agentId, { id: place.chatId, createdAt: place.since }, now);
    },
    returns: ({ agentId }, now) => {
      team.setStatus(agentId, 'online', now);
      returns.push({ agentId, given: given.length });
      breakFrom = given.length + CHATS_AFTER_BREAK;
    },
  };
  const giveOut = (now: Instant) => {
    for (const { agent, place } of team.giveOut(line, now)) {
      given.push(agent.id);
      line = line.filter(({ chatId }) => chatId !== place.chatId);
      const lastsMs = between(random, CHAT_MINUTES.least, CHAT_MINUTES.most) * MINUTE_MS;
      agenda.enter(later(now, lastsMs), { kind: 'closes', agentId: agent.id, place });
    }
  };
  const takeBreak = (now: Instant, lastsMinutes: number) => {
    const agentId = team.agents()[Math.floor(random() * trial.agents)]?.id as AgentId;
    team.setStatus(agentId, 'rest', now);
    breakFrom = Number.POSITIVE_INFINITY;
    agenda.enter(later(now, lastsMinutes * MINUTE_MS), { kind: 'returns', agentId });
  };

  agenda.enter(BEGIN, { kind: 'comes-in' });
  while (given.length < trial.chats) {
    const { at: now, entry } = agenda.next();
    happen[entry.kind](entry as never, now);
    if (line.length > 0) giveOut(now);
    if (trial.breakMinutes !== null && given.length >= breakFrom) takeBreak(now, trial.breakMinutes);
  }
  return { given, returns, openOnAverage: openInAll.map(sum => sum / comers) };
}

/** As many come in as keep so many open: the mean number open is the rate times the mean length. */
function gapMsOf({ agents, openPerAgent }: Trial): number {
  const lengthMs = ((CHAT_MINUTES.least + CHAT_MINUTES.most) / 2) * MINUTE_MS;
  return lengthMs / (agents * openPerAgent);
}

function later(now: Instant, afterMs: number): Instant {
  return (now + Math.round(afterMs)) as Instant;
}
