import type { AgentId, ChatId } from '../../domain/brands.ts';
import type { World } from '../../test/support/world.ts';
import { between, exponential, type Random, seeded } from '../simulation/random.ts';
import type { Clockwork } from './clockwork.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const SERVICE_MEAN_MS = 8 * MINUTE_MS;
const PATIENCE_MEAN_MS = 6 * MINUTE_MS;
/** A visitor in line looks how it stands so often. */
const GLANCE_MS = 30 * SECOND_MS;
const FIRST_ANSWER_MS = 30 * SECOND_MS;
const TURN_MEAN_MS = 3 * MINUTE_MS;
const HOLD_MS = 3 * MINUTE_MS;
const BREAK_MS = 15 * MINUTE_MS;
const LOST_MS = 10 * MINUTE_MS;
/** Of all chats, or of all who come. */
const SHARES = { returning: 0.2, forgotten: 0.03, vanished: 0.04, held: 0.1, transferred: 0.15 } as const;

/** What people saw that the table does not tell. */
export type Seen = {
  gaveUp: number;
  /** Answers of the service that are no answer at all: 500 and above. */
  failures: number;
};

/** Those who come and those who serve. `number` says which lot is theirs. */
export type People = {
  /** Somebody comes, waits, talks and goes. */
  readonly come: (number: number) => Promise<void>;
  readonly takeBreak: (agentId: AgentId) => Promise<void>;
  /** The connection of an agent breaks off, and is back some minutes later. */
  readonly loseConnection: (agentId: AgentId, number: number) => Promise<void>;
  readonly seen: Seen;
};

type View = { readonly state: string; readonly agentId: AgentId | null };

/** A chat and what its two sides are like; `agentId` as they know it. */
type Visit = {
  readonly chatId: ChatId;
  readonly token: string;
  readonly random: Random;
  readonly servedUntil: number;
  /** The agent who forgets about it, if the first one does. */
  readonly forgetfulId: AgentId | null;
  readonly vanishes: boolean;
  agentId: AgentId;
  /** What its agent has in mind with it. */
  plan: 'hold' | 'transfer' | null;
  lastBy: 'visitor' | 'agent';
};

/** `groups`: those that chats are handed to, drawn by lot like everything that people do. */
export function openPeople(
  world: World,
  { after }: Clockwork,
  seed: number,
  groups: readonly string[],
): People {
  const seen: Seen = { gaveUp: 0, failures: 0 };
  const tokens: string[] = [];
  const call: World['call'] = async (name, request) => {
    const reply = await world.call(name, request);
    if (reply.status >= 500) seen.failures += 1;
    return reply;
  };
  const look = async (chatId: ChatId) =>
    (await call('readChat', { params: { chatId } })).body as unknown as View;

  const come = async (number: number) => {
    // A lot of its own: what one does must not hang on who was faster in the same second.
    const random = seeded(seed + number);
    const known = random() < SHARES.returning ? tokens.shift() : undefined;
    const { body, status } = await call('startChat', {
      as: known === undefined ? 'widget' : { visitor: known },
      body: { channelId: 'web', message: 'Is anybody there?' },
    });
    if (status !== 201) return;
    const { id } = body.chat;
    const token = known ?? body.visitorToken;
    const until = world.clock.now + exponential(random, PATIENCE_MEAN_MS);
    await waitInLine(id, token, random, until);
  };

  /** In line until it is served, or has waited long enough. */
  const waitInLine = async (id: ChatId, token: string, random: Random, until: number): Promise<void> => {
    const { state, agentId } = await look(id);
    if (agentId !== null) return begin(id, token, random, agentId);
    if (state === 'waiting' && world.clock.now < until) {
      return after(GLANCE_MS, () => waitInLine(id, token, random, until));
    }
    seen.gaveUp += 1;
    await call('closeChat', { params: { chatId: id }, as: { visitor: token } });
  };

  const begin = (chatId: ChatId, token: string, random: Random, agentId: AgentId) => {
    const roll = random();
    const visit: Visit = {
      chatId,
      token,
      random,
      servedUntil: world.clock.now + exponential(random, SERVICE_MEAN_MS),
      forgetfulId: random() < SHARES.forgotten ? agentId : null,
      vanishes: random() < SHARES.vanished,
      agentId,
      plan: roll < SHARES.held ? 'hold' : roll < SHARES.held + SHARES.transferred ? 'transfer' : null,
      lastBy: 'visitor',
    };
    after(FIRST_ANSWER_MS, () => talk(visit));
  };

  /** One turn of the conversation: whoever's turn it is speaks, unless that one forgot, or is gone. */
  const talk = async (visit: Visit): Promise<void> => {
    const next = () => after(exponential(visit.random, TURN_MEAN_MS), () => talk(visit));
    const isForgotten = visit.agentId === visit.forgetfulId;
    const isLeft = visit.vanishes && visit.lastBy === 'agent';
    if (isForgotten || isLeft) return (await isGoingOn(visit)) ? next() : undefined;
    const as = { agent: visit.agentId };
    const isOver = world.clock.now >= visit.servedUntil;
    const { status } = isOver
      ? await call('closeChat', { params: { chatId: visit.chatId }, as })
      : await speak(visit, as);
    if (status >= 400) return (await isGoingOn(visit)) ? next() : undefined;
    if (isOver) return void tokens.push(visit.token);
    visit.lastBy = visit.lastBy === 'visitor' ? 'agent' : 'visitor';
    next();
  };

  const speak = async (visit: Visit, as: { readonly agent: AgentId }) => {
    const { chatId, token, lastBy, plan } = visit;
    const params = { chatId };
    const body = { text: 'A sentence, as people write it.' };
    if (lastBy === 'agent') return call('postMessage', { params, as: { visitor: token }, body });
    const said = await call('postMessage', { params, as, body });
    visit.plan = null;
    if (plan === 'transfer') {
      const groupId = groups[Math.floor(visit.random() * groups.length)];
      await call('transferChat', { params, as, body: { to: { groupId } } });
    }
    if (plan === 'hold') {
      await call('holdChat', { params, as });
      after(HOLD_MS, async () => void (await call('resumeChat', { params, as })));
    }
    return said;
  };

  /** Looks who has it by now: it was moved, or handed on, or closed for want of an answer. */
  const isGoingOn = async (visit: Visit): Promise<boolean> => {
    const { state, agentId } = await look(visit.chatId);
    visit.agentId = agentId ?? visit.agentId;
    if (state === 'closed') tokens.push(visit.token);
    return state !== 'closed';
  };

  const setStatus = (agentId: AgentId, status: string) =>
    call('setStatus', { params: { agentId }, as: { agent: agentId }, body: { status } });
  const beat = (agentId: AgentId) => call('heartbeat', { params: { agentId }, as: { agent: agentId } });
  return {
    come,
    async takeBreak(agentId) {
      await setStatus(agentId, 'rest');
      after(BREAK_MS, async () => void (await setStatus(agentId, 'online')));
    },
    async loseConnection(agentId, number) {
      await beat(agentId);
      const lostMs = between(seeded(seed + number), LOST_MS / 2, LOST_MS);
      after(lostMs, async () => void (await beat(agentId)));
    },
    seen,
  };
}
