import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptAnswer, startAnswer } from '../../functions/schemas.ts';
import { type Ask, type Interference, openWorld, type Project, type World } from '../support/http.ts';

/** A command sent twice under one Idempotency-Key is carried out once. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const AGENTS = { ada: { maxLoad: 50 } };
const OFF = { automaticAllocation: false };

/** A start from the widget under a key. */
function start(project: Project, key: string, more: Ask = {}) {
  const headers = { 'idempotency-key': key };
  return project.ask('startChat', { as: project.as.widget, body: { channelId: 'web' }, ...more, headers });
}

/** Holds back the writes of the work itself, and says when the first of them has come. */
function held() {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const how: Interference = command => {
    if (!command.startsWith('TransactWrite')) return;
    reach();
    return released;
  };
  return { how, reached, release };
}

describe('the same key and body', () => {
  test.each(['assigned', 'waiting'] as const)(
    'gives the same answer, byte for byte, for a chat that is %s',
    async how => {
      const acme = await world.project(how === 'assigned' ? { agents: AGENTS } : {});
      const first = await start(acme, 'key-1');
      const second = await start(acme, 'key-1');
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.text).toBe(first.text);
      expect(second.headers['content-type']).toBe(first.headers['content-type']);
      expect(await acme.chats()).toHaveLength(1);
    },
  );

  test('gives the answer of then, though the chat was closed meanwhile', async () => {
    const acme = await world.project({ agents: AGENTS });
    const first = await start(acme, 'key-1');
    await acme.closeChat(startAnswer.parse(first.body).chat.id);
    expect((await start(acme, 'key-1')).text).toBe(first.text);
  });

  test('at once: one works, the other is told so or gets the same answer; there is one chat', async () => {
    const acme = await world.project({ agents: AGENTS });
    for (let round = 1; round <= 5; round += 1) {
      const answers = await Promise.all([1, 2, 3].map(() => start(acme, `key-${round}`)));
      const done = answers.filter(({ status }) => status === 201);
      expect(done.length).toBeGreaterThan(0);
      expect(new Set(done.map(({ text }) => text)).size).toBe(1);
      for (const { status, body } of answers)
        if (status !== 201) expect(body).toMatchObject({ status: 409, code: 'in-progress' });
      expect(await acme.chats()).toHaveLength(round);
    }
    expect((await acme.agent('ada')).load).toBe(5);
  });

  test('while the first is at work is told that it is in progress', async () => {
    const acme = await world.project({ agents: AGENTS });
    const { how, reached, release } = held();
    const answers = await world.interfering(how, async () => {
      const first = start(acme, 'key-1');
      await reached;
      const second = await start(acme, 'key-1');
      release();
      return [await first, second];
    });
    expect(answers[0]?.status).toBe(201);
    expect(answers[1]?.body).toMatchObject({ status: 409, code: 'in-progress' });
    expect((await start(acme, 'key-1')).text).toBe(answers[0]?.text);
    expect(await acme.chats()).toHaveLength(1);
  });

  test('holds for every command: accept, close, explain', async () => {
    const acme = await world.project({ agents: AGENTS, settings: OFF });
    const { id: chatId } = await acme.start();
    const headers = { 'idempotency-key': 'key-1' };
    const as = await acme.as.agent('ada');
    const asks = [
      () => acme.must('explain', { body: { channelId: 'web' }, headers }),
      () => acme.must('acceptChat', { as, params: { chatId }, headers }),
      () => acme.must('closeChat', { params: { chatId }, headers }),
    ];
    for (const ask of asks) expect((await ask()).text).toBe((await ask()).text);
    const replayed = await acme.must('acceptChat', { as, params: { chatId }, headers });
    expect(acceptAnswer.parse(replayed.body).outcome).toBe('accepted');
    expect(await acme.chat(chatId)).toMatchObject({ state: 'closed', version: 4 });
  });
});

describe('the same key', () => {
  test.each([
    ['with another body', { body: { channelId: 'web', message: 'hi' } }],
    ['with the same body written otherwise', { text: '{ "channelId": "web" }' }],
  ])('%s is refused', async (_, ask) => {
    const acme = await world.project({ agents: AGENTS });
    await start(acme, 'key-1');
    const { body } = await start(acme, 'key-1', { body: undefined, ...ask });
    expect(body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await acme.chats()).toHaveLength(1);
  });

  test('for another chat is refused, and that chat is as it was', async () => {
    const acme = await world.project({ agents: AGENTS });
    const [one, two] = [await acme.start(), await acme.start()];
    const headers = { 'idempotency-key': 'key-1' };
    await acme.must('closeChat', { params: { chatId: one.id }, headers });
    const { body } = await acme.ask('closeChat', { params: { chatId: two.id }, headers });
    expect(body).toMatchObject({ code: 'idempotency-key-reused' });
    expect((await acme.chat(two.id)).state).toBe('open');
  });

  test('from another caller, in another project or on another route is a key of its own', async () => {
    const [acme, other] = [await world.project({ agents: AGENTS }), await world.project({ agents: AGENTS })];
    const headers = { 'idempotency-key': 'key-1' };
    const ids = new Set<string>();
    const add = ({ body }: { body: unknown }) => ids.add(startAnswer.parse(body).chat.id);
    add(await start(acme, 'key-1'));
    add(await start(acme, 'key-1', { as: acme.as.operator }));
    add(await start(acme, 'key-1', { as: acme.as.owner }));
    add(await start(acme, 'key-1', { as: await world.inGroup(`operator:${acme.id}`, 'somebody-else') }));
    add(await start(other, 'key-1'));
    add(await start(other, 'key-1', { as: acme.as.owner }));
    expect(ids.size).toBe(6);
    await acme.must('explain', { body: { channelId: 'web' }, headers });
  });

  test('of a visitor does not give its answer to who only names the visitor', async () => {
    const acme = await world.project({ agents: AGENTS });
    const { chat, token } = await acme.visit();
    await acme.closeChat(chat.id);
    const first = await start(acme, 'key-1', { as: acme.visitor(token) });
    expect(first.status).toBe(201);
    // Staff see the visitor's id, which is the first half of the token; the secret is the other half.
    const forged = acme.visitor(token.slice(0, -43) + 'A'.repeat(43));
    const stolen = await start(acme, 'key-1', { as: forged });
    expect(stolen.text).not.toContain(token);
    expect(stolen.status).toBe(401);
  });

  test.each([
    ['an unknown channel', { channelId: 'fax' }, (acme: Project) => acme.channel('fax', 1)],
    ['an unknown field', { channelId: 'web', colour: 'red' }, null],
  ] as const)('is not used up by a refusal: %s', async (_, body, mend) => {
    const acme = await world.project({ agents: AGENTS });
    const first = await start(acme, 'key-1', { body });
    expect(first.status).toBeGreaterThanOrEqual(400);
    await mend?.(acme);
    const second = await start(acme, 'key-1', { body: mend === null ? { channelId: 'web' } : body });
    expect(second.status).toBe(201);
  });

  test('of a conflict that is over works', async () => {
    const acme = await world.project({
      agents: { ada: { maxLoad: 1 } },
      settings: { ...OFF, acceptWithinLimit: true },
    });
    const [one, two] = [await acme.start(), await acme.start()];
    const as = await acme.as.agent('ada');
    const accept = (chatId: string, key: string) =>
      acme.ask('acceptChat', { as, params: { chatId }, headers: { 'idempotency-key': key } });
    expect((await accept(one.id, 'key-1')).status).toBe(200);
    expect((await accept(two.id, 'key-2')).body).toMatchObject({ code: 'no-room' });
    await acme.closeChat(one.id);
    expect((await accept(two.id, 'key-2')).status).toBe(200);
  });

  test.each([
    ['is too long', 'k'.repeat(256)],
    ['has a space', 'a key'],
    ['is empty', ''],
  ])('that %s is refused', async (_, key) => {
    const acme = await world.project({ agents: AGENTS });
    const { body } = await start(acme, key);
    expect(body).toMatchObject({ status: 400, code: 'invalid-idempotency-key' });
    expect(await acme.chats()).toEqual([]);
  });

  test('means nothing on a GET or a PUT', async () => {
    const acme = await world.project({ agents: AGENTS });
    const headers = { 'idempotency-key': 'key-1' };
    const params = { agentId: 'ada' };
    await acme.must('setStatus', { params, body: { status: 'rest' }, headers });
    await acme.must('setStatus', { params, body: { status: 'online' }, headers });
    expect((await acme.agent('ada')).status).toBe('online');
  });
});

describe('when the store fails in the middle', () => {
  const lost = () => Object.assign(new Error('no answer'), { name: 'TimeoutError' });

  test('a start whose answer was lost may be sent again under its key, and there is one chat', async () => {
    const acme = await world.project({ agents: AGENTS });
    const failing: Interference = command => {
      if (command.startsWith('TransactWrite')) throw lost();
    };
    const first = await world.interfering(failing, () => start(acme, 'key-1'));
    expect(first.body).toMatchObject({ status: 503, code: 'unavailable' });
    // Nobody knows yet whether it was carried out; a worker's time has to run out first.
    expect((await start(acme, 'key-1')).body).toMatchObject({ code: 'in-progress' });
    await world.advance(60);
    const again = await start(acme, 'key-1', { as: acme.as.widget });
    expect(again.status).toBe(201);
    expect(await acme.chats()).toHaveLength(1);
    expect((await acme.agent('ada')).load).toBe(1);
  });
});

describe('after 24 hours', () => {
  test('a key starts anew, and not a second before', async () => {
    const acme = await world.project({ agents: AGENTS });
    const first = await start(acme, 'key-1');
    await world.advance(24 * 3_600 - 60);
    expect((await start(acme, 'key-1')).text).toBe(first.text);
    await world.advance(120);
    const anew = await start(acme, 'key-1', { body: { channelId: 'web', message: 'another day' } });
    expect(anew.status).toBe(201);
    expect(startAnswer.parse(anew.body).chat.id).not.toBe(startAnswer.parse(first.body).chat.id);
  });

  test('a token that has run out is refused, and one issued now is not', async () => {
    const acme = await world.project({ agents: AGENTS });
    await world.advance(401 * 86_400);
    expect((await acme.ask('listChats', { as: acme.as.operator })).status).toBe(401);
    expect((await acme.ask('listChats', { as: await world.inGroup(`operator:${acme.id}`) })).status).toBe(
      200,
    );
  });
});
