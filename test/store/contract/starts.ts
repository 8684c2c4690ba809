import { expect, test } from '@jest/globals';
import type { Agent } from '../../../domain/agent.ts';
import type { OpenChat } from '../../../domain/chat.ts';
import { readRank } from '../../../functions/store/agents.ts';
import { readChat } from '../../../functions/store/chats.ts';
import type { Write } from '../../../functions/store/commit.ts';
import { claimNew, joinLine, lostTheAgent } from '../../../functions/store/start.ts';
import { pointVisitorTo, readVisitor, type VisitorPointer } from '../../../functions/store/visitors.ts';
import { agent } from '../../support/domain.ts';

import {
  ACME,
  ADA,
  ada,
  chatAt,
  claimed,
  DECISION,
  isCommitted,
  join,
  open,
  put,
  storedAs,
  table,
  waiting,
} from './fixtures.ts';

/** A visitor who has had one chat. */
const FIRST = { pointer: null, last: storedAs(waiting(1)) };

export function starts(): void {
  const claim = (number: number, to: Agent, alongside: readonly Write[] = [], weight = 1) =>
    claimNew(table, storedAs(claimed(number, weight, to.id), DECISION), to, null, alongside);

  test.each([
    ['with a limit', ADA, 3, { load: 3, vacancy: 2, openChats: 1 }],
    ['that it fills', agent({ id: 'ada', maxLoad: 3 }), 3, { load: 3, vacancy: 0, openChats: 1 }],
    [
      'without a limit',
      agent({ id: 'ada', maxLoad: null }),
      1_000,
      { load: 1_000, vacancy: null, openChats: 1 },
    ],
  ])('charges an agent %s', async (_, one, weight, expected) => {
    await put(one);
    expect(await claim(1, one, [], weight)).toEqual(isCommitted);
    expect(await ada()).toMatchObject({ ...expected, version: 2, chatIds: [chatAt(1)] });
  });

  test('of two who claim the same agent as they saw it, one gets it, and it is the agent that was lost', async () => {
    await put(ADA);
    const both = await Promise.all([claim(1, ADA), claim(2, ADA)]);
    expect(both.map(result => result.outcome).sort()).toEqual(['committed', 'refused']);
    const refused = both.find(result => result.outcome === 'refused');
    expect(refused?.outcome === 'refused' && lostTheAgent(refused.refusals, null)).toBe(true);
    expect((await ada()).openChats).toBe(1);
  });

  test.each<[string, Partial<Agent>]>([
    ['went offline', { status: 'offline', version: 2 }],
    ['was disabled', { active: false, version: 2 }],
    ['got another chat', { openChats: 1, version: 2 }],
    // Each clause stands on its own: even with the version we saw, the limit holds.
    ['has less room than its version promised', { vacancy: 0, maxLoad: 0 }],
    ['is busy though its version promised otherwise', { status: 'busy' }],
    ['has a limit though its version promised none', { maxLoad: 5 }],
    ['is disabled though its version promised otherwise', { active: false }],
  ])('is refused when the agent %s', async (_, changed) => {
    await put({ ...ADA, ...changed } as Agent);
    const seen = changed.maxLoad === 5 ? agent({ id: 'ada', maxLoad: null }) : ADA;
    const result = await claim(1, seen);
    expect(result.outcome).toBe('refused');
    expect(await readChat(table, ACME, chatAt(1))).toBeNull();
    expect((await ada()).chatIds).toEqual([]);
  });

  const force = (to: Agent, weight = 3) => {
    const chat: OpenChat = { ...claimed(1, weight, to.id), forced: true };
    return claimNew(table, storedAs(chat, DECISION), to, null, []);
  };

  test.each<[string, Agent, Partial<Agent>]>([
    ['is offline', agent({ id: 'ada', status: 'offline' }), { load: 3, vacancy: 2 }],
    ['is full', agent({ id: 'ada', maxLoad: 1 }), { load: 3, vacancy: -2 }],
    ['has limit 0', agent({ id: 'ada', maxLoad: 0, status: 'rest' }), { load: 3, vacancy: -3 }],
    ['has no limit', agent({ id: 'ada', maxLoad: null }), { load: 3, vacancy: null }],
  ])('forced on an agent that %s is charged all the same', async (_, one, expected) => {
    await put(one);
    expect(await force(one)).toEqual(isCommitted);
    expect(await ada()).toMatchObject({
      ...expected,
      openChats: 1,
      chatIds: [chatAt(1)],
      status: one.status,
    });
    const isFree = one.status === 'online' && one.maxLoad === null;
    expect((await readRank(table, ACME)).candidates).toHaveLength(isFree ? 1 : 0);
  });

  test.each<[string, Partial<Agent>]>([
    ['changed since it was read', { version: 2 }],
    ['is disabled though its version promised otherwise', { active: false }],
  ])('forced on an agent that %s is refused', async (_, changed) => {
    await put({ ...ADA, ...changed });
    expect((await force(ADA)).outcome).toBe('refused');
    expect((await ada()).chatIds).toEqual([]);
  });

  test('that loses what is written alongside writes nothing, and it was not the agent that was lost', async () => {
    await put(ADA);
    const visitor = waiting(1).visitorId;
    await open(5, 1, [pointVisitorTo(table, ACME, visitor, waiting(5), FIRST)]);
    const result = await claim(1, await ada(), [pointVisitorTo(table, ACME, visitor, waiting(1), FIRST)]);
    expect(result.outcome === 'refused' && !lostTheAgent(result.refusals, null)).toBe(true);
    expect((await ada()).openChats).toBe(1);
  });

  test('brings the visitor’s pointer: the visitor is named after its first chat and led to its last', async () => {
    const visitor = waiting(1).visitorId;
    expect(await readVisitor(table, ACME, visitor)).toBeNull();
    const first = await join(1);
    expect(await readVisitor(table, ACME, visitor)).toEqual({ pointer: null, last: first });
    const second = storedAs(waiting(2, { visitorId: visitor }));
    expect(
      await joinLine(table, second, 0, [pointVisitorTo(table, ACME, visitor, waiting(2), FIRST)]),
    ).toEqual(isCommitted);
    const toSecond = { lastChatId: chatAt(2), former: [] };
    expect(await readVisitor(table, ACME, visitor)).toEqual({ pointer: toSecond, last: second });
    const third = storedAs(waiting(3, { visitorId: visitor }));
    const joinThird = (seen: VisitorPointer) =>
      joinLine(table, third, 0, [
        pointVisitorTo(table, ACME, visitor, waiting(3), { pointer: seen, last: second }),
      ]);
    expect((await joinThird({ ...toSecond, lastChatId: chatAt(1) })).outcome).toBe('refused');
    expect(await joinThird(toSecond)).toEqual(isCommitted);
    const toThird = { lastChatId: chatAt(3), former: [{ id: chatAt(2), until: second.token.endsAt }] };
    expect(await readVisitor(table, ACME, visitor)).toEqual({ pointer: toThird, last: third });
  });
}
