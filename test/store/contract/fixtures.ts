import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { Instant, VisitorId } from '../../../domain/brands.ts';
import type { Decision } from '../../../domain/decision.ts';
import type { Project } from '../../../domain/project.ts';
import { defaultSettings } from '../../../domain/settings.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { readAgent, saveCard } from '../../../functions/store/agents.ts';
import type { StoredChat } from '../../../functions/store/chat-row.ts';
import type { Table } from '../../../functions/store/client.ts';
import type { Write } from '../../../functions/store/commit.ts';
import type { StoredGroup } from '../../../functions/store/groups.ts';
import { claimNew, joinLine } from '../../../functions/store/start.ts';
import type { TableEngine } from '../../../local/engines/dynamodb.ts';
import { agent, agentId, at, chatId, decisionId, LINE_1, NOW, waitingChat } from '../../support/domain.ts';
import { type Engine, openEngine } from '../../support/engine.ts';
import { ACME } from '../../support/world.ts';

export { ACME };

export let engine: Engine;
export let table: Table;

/** Runs what follows on this engine, each test with a table of its own. */
export function onEngine(name: TableEngine['name']): void {
  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    table = await engine.openTable();
  });
}

export const PROJECT: Project = {
  id: ACME,
  name: 'Acme',
  allowedOrigins: ['https://acme.example'],
  widgetKey: 'pk_acme',
  primaryGroupId: null,
  settings: defaultSettings('Europe/Berlin'),
  settingsVersion: 1,
  version: 1,
};

const TOKEN_HASH = 'h'.repeat(43);
export const ADA = agent({ id: 'ada' });
export const isCommitted = { outcome: 'committed' };

/** Line 1 as it is written first, but for what is given; nobody is in it. */
export const storedGroup = (given: Partial<StoredGroup> = {}): StoredGroup => ({
  ...LINE_1,
  version: 1,
  spreading: null,
  members: 0,
  required: false,
  ...given,
});

/** Ids sort as they were numbered, and hold a time as ids of ours do. */
export const chatAt = (number: number) => chatId(`chat_01kjqme800${String(number).padStart(16, '0')}`);
export const later = (ms: number) => (NOW + ms) as Instant;

export async function put(...all: readonly Agent[]) {
  for (const one of all) expect(await saveCard(table, ACME, one, null, [], [])).toEqual(isCommitted);
}

export const DECISION: Decision = {
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
    {
      agentId: agentId('ada'),
      queuePosition: 1,
      openChats: 0,
      vacancy: null,
      lastClosedAt: null,
      values: { memberOrder: 3 },
    },
    {
      agentId: agentId('di'),
      queuePosition: 2,
      openChats: 3,
      vacancy: -1,
      lastClosedAt: at('09:00'),
      values: { memberOrder: 4 },
    },
  ],
  consideredMore: 7,
  winner: agentId('ada'),
  decidedBy: 'queue-position',
  outcome: 'assigned',
  offeredBecause: null,
};
export const NOBODY: Decision = {
  ...DECISION,
  considered: [],
  winner: null,
  decidedBy: 'eligibility',
  outcome: 'all-full',
  reading: 'whole-team',
};

export const waiting = (number = 1, given: Parameters<typeof waitingChat>[0] = {}) =>
  waitingChat({
    id: chatAt(number),
    visitorId: chatAt(number).replace('chat_', 'vis_') as VisitorId,
    ...given,
  });
export const storedAs = <C extends StoredChat['chat']>(chat: C, firstDecision: Decision | null = null) => ({
  chat,
  token: { hash: TOKEN_HASH, endsAt: at('23:00') },
  firstDecision,
});

export async function join(
  number = 1,
  given: Parameters<typeof waitingChat>[0] = {},
  firstDecision: Decision | null = null,
) {
  const stored = storedAs(waiting(number, given), firstDecision);
  expect(await joinLine(table, stored, 0, [])).toEqual(isCommitted);
  return stored;
}

/** Ada's chat, as a start claims it. */
export const claimed = (number = 1, weight = 1, to = 'ada') =>
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

export async function open(number = 1, weight = 1, alongside: readonly Write[] = []) {
  const before = await readAgent(table, ACME, ADA.id);
  if (before === null) throw new Error('put Ada first');
  const stored = storedAs(claimed(number, weight), DECISION);
  expect(await claimNew(table, stored, before, null, alongside)).toEqual(isCommitted);
  return stored;
}

export async function ada(): Promise<Agent> {
  const found = await readAgent(table, ACME, ADA.id);
  if (found === null) throw new Error('Ada is not there');
  return found;
}
