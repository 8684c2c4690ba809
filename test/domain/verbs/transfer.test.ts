import { describe, expect, test } from '@jest/globals';
import { assign } from '../../../domain/verbs/assign.ts';
import { handOver, queue, transferFailed } from '../../../domain/verbs/transfer.ts';
import { agentId, at, botChat, decisionId, groupId, NOW, openChat } from '../../support/domain.ts';

const LINE_1 = groupId('line-1');
const TO_LINE_1 = { groupId: LINE_1, reason: 'knows cars', isBotTransfer: false };
const QUEUED = { ...TO_LINE_1, createdOn: at('15:20'), askedAt: at('15:25') };

describe('a chat queued for a group', () => {
  test.each([openChat({ version: 3 }), botChat({ version: 3 })])(
    'stays $state, with who asked and why',
    chat => {
      expect(queue(chat, TO_LINE_1, NOW)).toEqual({
        ...chat,
        transfer: { ...TO_LINE_1, createdOn: NOW, askedAt: NOW },
        version: 4,
      });
    },
  );

  // "the new transfer replaces the record and keeps createdOn when the group is the same, else starts anew"
  test.each([
    ['keeps its place when it is queued for the same group again', LINE_1, at('15:20')],
    ['starts anew when it is queued for another group', groupId('line-2'), NOW],
  ])('%s', (_, group, createdOn) => {
    const again = { groupId: group, reason: 'now it is urgent', isBotTransfer: true };
    expect(queue(openChat({ transfer: QUEUED }), again, NOW).transfer).toEqual({
      ...again,
      createdOn,
      askedAt: NOW,
    });
  });

  test('is queued no more once an agent has it', () => {
    const to = {
      agentId: agentId('bo'),
      method: 'distributed-by-operator',
      reason: 'knows cars',
      forced: false,
      decisionId: decisionId('dec_7'),
      createdOn: at('15:20'),
      weight: 2,
    } as const;
    const { weight, ...assignment } = to;
    const moved = assign(openChat({ transfer: QUEUED, resumedAt: at('15:30') }), to, NOW);
    expect(moved).toMatchObject({
      agentId: 'bo',
      weight,
      transfer: null,
      resumedAt: null,
      lastServedBy: 'bo',
    });
    expect(moved.assignments.at(-1)).toEqual({ ...assignment, at: NOW });
  });
});

describe('a transfer that finds nobody', () => {
  test('leaves the chat with its agent, and is told', () => {
    const chat = openChat({ transfer: QUEUED, version: 3 });
    expect(transferFailed(chat, NOW)).toEqual({ ...chat, transfer: null, transferFailedAt: NOW, version: 4 });
  });

  test.each([
    ['in that group', LINE_1, { asked: LINE_1, groupId: LINE_1 }],
    ['in the whole team when the group is gone', null, { asked: '*', groupId: null }],
  ])('lets the chat of a bot wait %s', (_, group, where) => {
    const chat = botChat({ transfer: QUEUED, version: 3 });
    expect(handOver(chat, group, NOW)).toEqual({
      ...chat,
      ...where,
      state: 'waiting',
      waitingSince: NOW,
      handedOver: true,
      transfer: null,
      version: 4,
    });
  });
});
