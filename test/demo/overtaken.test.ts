import { describe, expect, test } from '@jest/globals';
import { overtaken } from '../../local/demo/recount/overtaken.ts';
import { agent, chat, WEIGHTS } from './standing.ts';

/** An older chat waits from 10 on; a younger one comes at 20 and is given to elm at 30. */
const older = chat({ id: 'a', createdAt: 10 });
const younger = chat({ id: 'b', createdAt: 20, agentId: 'elm', assignedAt: 30 });
const elm = agent();

function found(chats: Parameters<typeof overtaken>[0]['chats'], agents = [elm]) {
  return overtaken({ chats, agents, weights: WEIGHTS });
}

describe('an older chat that went on waiting was overtaken', () => {
  const planted = [{ chatId: 'a', by: 'b', agentId: 'elm' }];

  test.each([
    ['when it still waits', older],
    ['when it was given out a moment later', chat({ ...older, agentId: 'oak', assignedAt: 31 })],
    ['when it gave up a moment later', chat({ ...older, closedAt: 31 })],
    ['when it was created in the same millisecond', chat({ ...older, createdAt: 20 })],
  ])('%s', (_, chatA) => {
    expect(found([chatA, younger])).toEqual(planted);
  });

  test('when it is heavier and there was room for it all the same', () => {
    const heavy = chat({ ...older, channelId: 'stock' });
    expect(found([heavy, younger], [agent({ maxLoad: 2 })])).toEqual(planted);
  });

  test('when the room came free in the very millisecond', () => {
    const freed = chat({ id: '0', agentId: 'elm', assignedAt: 5, closedAt: 30 });
    expect(found([freed, older, younger])).toEqual(planted);
  });
});

describe('nobody was overtaken', () => {
  test.each([
    [
      'when the older one was given out in the same instant',
      chat({ ...older, agentId: 'oak', assignedAt: 30 }),
      elm,
    ],
    ['when the older one had given up', chat({ ...older, closedAt: 30 }), elm],
    ['when the agent does not work with its channel', older, agent({ channels: ['stock'] })],
    ['when it is too heavy for the agent', chat({ ...older, channelId: 'stock' }), elm],
    ['when it came later', chat({ ...older, createdAt: 25 }), elm],
  ])('%s', (_, chatA, agentElm) => {
    expect(found([chatA, younger], [agentElm])).toEqual([]);
  });

  test('when the room that is left for a heavy one is taken by others', () => {
    const heavy = chat({ ...older, channelId: 'stock' });
    const other = chat({ id: '0', agentId: 'elm', assignedAt: 5 });
    expect(found([other, heavy, younger], [agent({ maxLoad: 2 })])).toEqual([]);
  });

  test('when the younger one was accepted by hand', () => {
    const accepted = chat({ ...younger, assignments: [{ agentId: 'elm', method: 'accepted' }] });
    expect(found([older, accepted])).toEqual([]);
  });
});
