import { describe, expect, test } from '@jest/globals';
import type { Agent } from '../../domain/agent.ts';
import type { AgentId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import { defaultSettings } from '../../domain/settings.ts';
import { agentRowOf } from '../../functions/store/agent-row.ts';
import { chatRowOf } from '../../functions/store/chat-row.ts';
import type { Row } from '../../functions/store/client.ts';
import { cursorKey } from '../../functions/store/keys.ts';
import { agent, assignment, channel, chatId, groupId, openChat, waitingChat } from '../support/domain.ts';
import { overtaken, turnsTaken, violationsOnTheWay } from '../support/history.ts';
import { ACME } from '../support/world.ts';

const OPEN = openChat();
const ADA = agent({ id: 'ada', maxLoad: 1, load: 1, vacancy: 0, chatIds: ['chat_1'] });

const created = (after: Row) => ({ before: null, after });
const chatRow = (chat: Chat) => created(chatRowOf({ chat, token: null, firstDecision: null }));
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
  const project = {
    id: ACME,
    name: 'Acme',
    allowedOrigins: [],
    widgetKey: 'pk',
    primaryGroupId: null,
    settings: defaultSettings('UTC'),
    settingsVersion: 1,
    version: 1,
  };
  const rules = { project, channels: [channel('web')], groups: [] };

  test('finds a chat that was overtaken', () => {
    expect(overtaken([agentRow(free), chatRow(older), chatRow(newer)], rules)).toHaveLength(1);
  });

  test('finds one that was overtaken by a chat forced on the agent', () => {
    const forced = { ...newer, assignments: [assignment({ method: 'original-agent', forced: true })] };
    expect(overtaken([agentRow(free), chatRow(older), chatRow(forced)], rules)).toHaveLength(1);
  });

  test.each([
    ['the older one could not have gone there', agent({ id: 'ada', channels: ['mail'] }), older, newer],
    ['it was accepted by hand', free, older, { ...newer, assignments: [assignment({ method: 'accepted' })] }],
    ['the older one waits in a group', free, { ...older, asked: groupId('line-1') }, newer],
    ['it is the older one', free, waitingChat({ id: chatId('chat_7') }), newer],
  ])('finds nobody overtaken where %s', (_, taker, waiting, given) => {
    expect(overtaken([agentRow(taker), chatRow(waiting), chatRow(given)], rules)).toEqual([]);
  });

  test('finds nobody overtaken where the older one was given out too', () => {
    const settled = [chatRow(older), chatRow(newer), chatRow({ ...OPEN, id: older.id })];
    expect(overtaken([agentRow(free), ...settled], rules)).toEqual([]);
  });

  test('finds whom the rotation came to, in order', () => {
    const turn = (agentId: string, version: number) =>
      created({ ...cursorKey(ACME), memberOrder: 1, agentId: agentId as AgentId, version });
    expect(turnsTaken([turn('bo', 1), agentRow(free), turn('ada', 2)])).toEqual(['bo', 'ada']);
  });
});
