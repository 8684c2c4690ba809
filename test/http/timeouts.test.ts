import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Credentials, openWorld, type Project, type World } from '../support/http.ts';

/** A chat in which one side does not answer: it goes to another agent, or ends. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const MINUTE = 60;
const CHANGE = { changeAgentMinutes: 5 };
const CLOSE = { closeAfterLastMessageMinutes: 10 };

const say = (acme: Project, chatId: string, text: string, as: Credentials) =>
  acme.must('postMessage', { as, params: { chatId }, body: { text } });

/** Ada has a chat in which the visitor has just asked something. */
async function asked(
  settings: object,
  agents: Record<string, object> = { ada: {}, ben: { status: 'offline' } },
) {
  const acme = await world.project({ agents, settings: settings as Record<string, unknown> });
  const { chat, token } = await acme.visit();
  const visitor = acme.visitor(token);
  await say(acme, chat.id, 'Hello?', visitor);
  return { acme, id: chat.id, visitor };
}

describe('an agent that does not answer', () => {
  test('loses the chat to another who is available, within a minute of the time set, and the miss is counted', async () => {
    const { acme, id } = await asked(CHANGE);
    await acme.setStatus('ben', 'online');
    await world.advance(4 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ada');
    await world.advance(2 * MINUTE);
    const chat = await acme.chat(id);
    expect(chat).toMatchObject({ agentId: 'ben', state: 'open', weight: 1 });
    expect(chat.assignments.at(-1)).toMatchObject({
      method: 'changed-agent',
      reason: 'no-answer',
      forced: false,
    });
    expect(await acme.agent('ada')).toMatchObject({
      missedChats: 1,
      load: 0,
      openChats: 0,
      lastClosedAt: null,
    });
    expect(await acme.agent('ben')).toMatchObject({ missedChats: 0, load: 1, openChats: 1 });
    const decision = await acme.lastDecision(id);
    expect(decision).toMatchObject({ trigger: 'change-agent', winner: 'ben', outcome: 'assigned' });
    const events = (await acme.events()).filter(event => event['detail-type'] === 'ChatAssigned');
    expect(events.at(-1)?.detail).toMatchObject({ agentId: 'ben', method: 'changed-agent' });
  });

  test('keeps the chat when it answers in time', async () => {
    const { acme, id } = await asked(CHANGE);
    await acme.setStatus('ben', 'online');
    await world.advance(4 * MINUTE);
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await world.advance(30 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ada');
  });

  test('keeps the chat while nobody else is available, and loses it when somebody is', async () => {
    const { acme, id } = await asked(CHANGE);
    await world.advance(20 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ada');
    await acme.setStatus('ben', 'online');
    await world.advance(2 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ben');
  });

  test('keeps a chat that is on hold; taken back, its time begins anew', async () => {
    const { acme, id } = await asked(CHANGE);
    await acme.setStatus('ben', 'online');
    await acme.must('holdChat', { params: { chatId: id } });
    await world.advance(30 * MINUTE);
    expect(await acme.chat(id)).toMatchObject({ state: 'held', agentId: 'ada' });
    await acme.must('resumeChat', { params: { chatId: id } });
    await world.advance(4 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ada');
    await world.advance(2 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ben');
  });

  test('loses a chat so often as the project says, and then it stays', async () => {
    const { acme, id } = await asked({ ...CHANGE, changeAgentMaxMoves: 2 });
    await acme.setStatus('ben', 'online');
    await world.advance(60 * MINUTE);
    const { assignments } = await acme.chat(id);
    expect(assignments.map(({ agentId }) => agentId)).toEqual(['ada', 'ben', 'ada']);
  });

  test('keeps the chat while automatic allocation is off', async () => {
    const { acme, id } = await asked({ ...CHANGE, automaticAllocation: true });
    await acme.setStatus('ben', 'online');
    await acme.settings({ ...CHANGE, automaticAllocation: false });
    await world.advance(20 * MINUTE);
    expect((await acme.chat(id)).agentId).toBe('ada');
  });
});

describe('a visitor who does not answer', () => {
  test('finds the chat closed as no-answer, and the close counts for its agent', async () => {
    const { acme, id } = await asked(CLOSE);
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await world.advance(9 * MINUTE);
    expect((await acme.chat(id)).state).toBe('open');
    await world.advance(2 * MINUTE);
    expect(await acme.chat(id)).toMatchObject({ state: 'closed', closedAs: 'no-answer', agentId: 'ada' });
    const ada = await acme.agent('ada');
    expect([ada.load, ada.openChats, ada.missedChats]).toEqual([0, 0, 0]);
    expect(ada.lastClosedAt).not.toBeNull();
  });

  test('is not waited for in vain: the room goes to who waits', async () => {
    const { acme, id } = await asked(CLOSE, { ada: { maxLoad: 1 } });
    const next = await acme.start();
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await world.advance(12 * MINUTE);
    expect(await acme.holders([next])).toEqual(['ada']);
  });

  test('keeps the chat open by a word in time', async () => {
    const { acme, id, visitor } = await asked(CLOSE);
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await world.advance(9 * MINUTE);
    await say(acme, id, 'One moment', visitor);
    await world.advance(30 * MINUTE);
    expect((await acme.chat(id)).state).toBe('open');
  });

  test('finds it open as long as it is on hold', async () => {
    const { acme, id } = await asked(CLOSE);
    await say(acme, id, 'Let me look', await acme.as.agent('ada'));
    await acme.must('holdChat', { params: { chatId: id } });
    await world.advance(60 * MINUTE);
    expect((await acme.chat(id)).state).toBe('held');
  });
});

describe('a time-out', () => {
  test('does not run in a chat without a message', async () => {
    const acme = await world.project({ agents: { ada: {}, ben: {} }, settings: { ...CHANGE, ...CLOSE } });
    const { id, agentId } = await acme.start();
    await world.advance(60 * MINUTE);
    expect(await acme.chat(id)).toMatchObject({ state: 'open', agentId });
  });

  test('that is switched on holds for the chats that have begun before', async () => {
    const { acme, id } = await asked({});
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await world.advance(60 * MINUTE);
    expect((await acme.chat(id)).state).toBe('open');
    await acme.settings(CLOSE);
    // It has been silent for longer than that already.
    await world.advance(2 * MINUTE);
    expect((await acme.chat(id)).closedAs).toBe('no-answer');
  });

  test('that is made shorter holds at once, though another one is shorter still', async () => {
    const { acme, id } = await asked({ ...CHANGE, closeAfterLastMessageMinutes: 60 });
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await world.advance(21 * MINUTE);
    await acme.settings({ changeAgentMinutes: 30, closeAfterLastMessageMinutes: 20 });
    await world.advance(2 * MINUTE);
    expect((await acme.chat(id)).closedAs).toBe('no-answer');
  });

  test('that is switched off does not run any more', async () => {
    const { acme, id } = await asked(CLOSE);
    await say(acme, id, 'Yes?', await acme.as.agent('ada'));
    await acme.settings({});
    await world.advance(60 * MINUTE);
    expect((await acme.chat(id)).state).toBe('open');
  });
});
