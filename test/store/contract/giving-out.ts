import { expect, test } from '@jest/globals';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { readAgent, readRank, saveAgent } from '../../../functions/store/agents.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import { listChatIds, readChat, readDecisions } from '../../../functions/store/chats.ts';
import { giveOut, type Handout } from '../../../functions/store/give-out.ts';
import { readLine } from '../../../functions/store/line.ts';
import { agent, assignment, at, channelId, decisionId, NOW } from '../../support/domain.ts';

import {
  ACME,
  ADA,
  ada,
  chatAt,
  DECISION,
  engine,
  isCommitted,
  join,
  NOBODY,
  open,
  put,
  storedAs,
  table,
  waiting,
} from './fixtures.ts';
export function givingOut(): void {
  const handout = (number: number, given: Partial<Handout> = {}): Handout => {
    const decision = {
      ...DECISION,
      id: decisionId(`dec_out_${number}`),
      chatId: chatAt(number),
      trigger: 'search' as const,
    };
    return {
      place: {
        chatId: chatAt(number),
        channelId: channelId('web'),
        asked: null,
        groupId: null,
        returning: false,
        handedOver: false,
        lastServedBy: null,
        since: at('15:00'),
        attempts: 0,
        decided: false,
        explained: false,
      },
      groupId: null,
      weight: 1,
      assignment: assignment({ decisionId: decision.id, at: NOW }),
      decision,
      ...given,
    };
  };
  const decided = (number: number) => handout(number, { place: { ...handout(number).place, decided: true } });

  test('several chats to several agents takes all from the line and charges each agent once', async () => {
    const bo = agent({ id: 'bo', maxLoad: null });
    await put(ADA, bo);
    await join(1);
    await join(2, {}, { ...NOBODY, chatId: chatAt(2) });
    await join(3);
    const toBo = handout(3, {
      weight: 4,
      assignment: assignment({ agentId: bo.id, decisionId: decisionId('dec_out_3'), at: NOW }),
    });
    expect(
      await giveOut(
        table,
        ACME,
        [
          { agent: ADA, handouts: [handout(1), decided(2)] },
          { agent: bo, handouts: [toBo] },
        ],
        null,
      ),
    ).toEqual(isCommitted);
    expect((await readLine(table, ACME, 5)).places).toEqual([]);
    expect(await ada()).toMatchObject({
      openChats: 2,
      load: 2,
      vacancy: 3,
      version: 2,
      chatIds: [chatAt(1), chatAt(2)],
    });
    expect(await readAgent(table, ACME, bo.id)).toMatchObject({ openChats: 1, load: 4, vacancy: null });
    expect((await readRank(table, ACME)).candidates.map(one => one.id)).toEqual(['bo', 'ada']);
    const first = await readChat(table, ACME, chatAt(1));
    const meant = assign(
      waiting(1),
      { ...assignment({ decisionId: decisionId('dec_out_1'), at: NOW }), weight: 1 },
      NOW,
    );
    expect(first).toEqual(storedAs(meant, handout(1).decision));
    // A second decision is a row of its own, and the first one stays.
    expect(await readDecisions(table, ACME, chatAt(2))).toEqual([
      { ...NOBODY, chatId: chatAt(2) },
      handout(2).decision,
    ]);
    expect((await listChatIds(table, ACME, 'open')).chats).toHaveLength(3);
  });

  test('fills an agent and takes it from the rank index', async () => {
    await put(agent({ id: 'ada', maxLoad: 2 }));
    await join(1);
    await join(2);
    expect(
      await giveOut(table, ACME, [{ agent: await ada(), handouts: [handout(1), handout(2)] }], null),
    ).toEqual(isCommitted);
    expect((await readRank(table, ACME)).candidates).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'a chat was closed',
      async () => {
        const before = await readChat(table, ACME, chatAt(1));
        if (before?.chat.state !== 'waiting') throw new Error('it waits');
        return saveChange(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, []);
      },
    ],
    ['the agent went offline', () => saveAgent(table, ACME, { ...ADA, status: 'offline', version: 2 }, 1)],
    ['the agent got another chat', () => open(9)],
    [
      'a chat was given out already',
      () => giveOut(table, ACME, [{ agent: ADA, handouts: [handout(1)] }], null),
    ],
  ])('nothing is given out when %s meanwhile', async (_, meanwhile) => {
    await put(ADA);
    await join(1);
    await join(2);
    await meanwhile();
    const before = await engine.allRows(table);
    expect(
      (await giveOut(table, ACME, [{ agent: ADA, handouts: [handout(1), handout(2)] }], null)).outcome,
    ).toBe('refused');
    expect(await engine.allRows(table)).toEqual(before);
  });

  test('never takes an agent above its limit, whatever was read', async () => {
    await put(agent({ id: 'ada', maxLoad: 1 }));
    await join(1);
    await join(2);
    const seen = { ...ADA, vacancy: 5 };
    expect(
      (await giveOut(table, ACME, [{ agent: seen, handouts: [handout(1), handout(2)] }], null)).outcome,
    ).toBe('refused');
  });
}
