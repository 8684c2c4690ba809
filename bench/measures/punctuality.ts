import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { connect } from '../../local/demo/connection.ts';
import { startLaptop } from '../../local/laptop.ts';
import type { Measure } from '../measure.ts';
import { percentile } from '../statistics.ts';

const FREQUENCY_SECONDS = 5;
const SECONDS = 120;
const LOOK_EVERY_MS = 100;
/** More than there are runs: each decides about one. */
const CHATS = 40;

const anything = z.unknown();
const started = z.object({ chat: z.object({ id: z.string() }) });
const token = z.object({ token: z.string() });
const job = z.object({ lastRun: z.object({ at: z.iso.datetime() }).nullable() });

/** The job on a laptop, in real time: at which moments it ran, over two minutes. */
export async function punctuality(): Promise<readonly Measure[]> {
  const laptop = await startLaptop({ port: 0, dataDir: 'memory', demo: false, quiet: true });
  try {
    const ranAt = await watchRuns(laptop.url);
    const multiples = ranAt.map(at => Math.floor(at / (FREQUENCY_SECONDS * 1_000)));
    const lateMs = ranAt.map(at => at % (FREQUENCY_SECONDS * 1_000));
    const due = (multiples.at(-1) ?? 0) - (multiples[0] ?? 0) + 1;
    const wrong = due - new Set(multiples).size + (multiples.length - new Set(multiples).size);
    return [
      {
        name: `frequency ${FREQUENCY_SECONDS} s over ${SECONDS} s of real time: runs missed or made twice`,
        value: ranAt.length < SECONDS / FREQUENCY_SECONDS - 1 ? SECONDS : wrong,
        unit: 'runs',
        bar: 0,
        better: 'at-most',
        note: `${ranAt.length} runs`,
      },
      {
        name: 'the same: p95 of how late a run begins',
        value: percentile(lateMs, 0.95) / 1_000,
        unit: 's',
        bar: 1.5,
        better: 'at-most',
      },
    ];
  } finally {
    await laptop.close();
  }
}

/** The moments at which runs began, in order. */
async function watchRuns(url: string): Promise<readonly number[]> {
  const { call } = connect(url);
  const own = '/v1/projects/clock';
  const sign = async (role: object) =>
    (await call({ method: 'POST', path: '/local/token', as: null, body: role }, token)).body;
  const owner = await sign({ role: 'owner' });
  const bot = await sign({ role: 'bot', projectId: 'clock' });
  const put = (path: string, body: unknown) =>
    call({ method: 'PUT', path: own + path, as: owner, body }, anything);
  await put('', { name: 'Clock' });
  await put('/admin/channels/web', { name: 'Web' });
  await put('/admin/groups/crew', { name: 'Crew', queuePosition: 1 });
  const distribution = { frequencySeconds: FREQUENCY_SECONDS, quantity: 1 };
  await call(
    { method: 'PUT', path: `${own}/admin/settings`, as: owner, body: { distribution }, ifMatch: '*' },
    anything,
  );
  await call({ method: 'POST', path: `${own}/admin/job/start`, as: owner }, anything);
  for (let chat = 0; chat < CHATS; chat += 1) {
    const begun = { method: 'POST' as const, path: `${own}/chats`, as: bot, body: { channelId: 'web' } };
    const { id } = (await call(begun, started)).body.chat;
    const to = { groupId: 'crew' };
    await call({ method: 'POST', path: `${own}/chats/${id}/transfer`, as: bot, body: { to } }, anything);
  }
  const seen: number[] = [];
  const until = performance.now() + SECONDS * 1_000;
  while (performance.now() < until) {
    const { lastRun } = (await call({ method: 'GET', path: `${own}/admin/job`, as: owner }, job)).body;
    const at = lastRun === null ? null : Date.parse(lastRun.at);
    if (at !== null && at !== seen.at(-1)) seen.push(at);
    await pause(LOOK_EVERY_MS);
  }
  return seen;
}
