import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProjectId } from '../../domain/brands.ts';
import { JOBS_PARTITION, jobKey } from '../../functions/store/keys.ts';
import type { LaptopOptions } from '../../local/laptop.ts';
import { type Api, openLaptop, type TestLaptop } from '../support/laptop.ts';

/** The schedule of the group distribution job, which all projects share: it fires each minute while some job is on. */

let laptop: TestLaptop;
/** How often the schedule has fired. */
let fired: number;
beforeEach(() => {
  fired = 0;
});

async function open(options: Partial<LaptopOptions> = {}): Promise<void> {
  laptop = await openLaptop({
    ...options,
    functions: real => ({
      ...real,
      async jobMinute() {
        fired += 1;
        await real.jobMinute();
      },
    }),
  });
}

/** An operator's calls about a project, under its path. */
async function operatorOf(projectId: string): Promise<Api> {
  const api = laptop.api(await laptop.token({ role: 'operator', projectId }));
  return (method, path, body, headers) => api(method, `/v1/projects/${projectId}${path}`, body, headers);
}

/** A new project with Ada, who is busy and has the chats, and Ben of `sales`, who has room for them. */
async function openProject(projectId: string, settings: object = {}): Promise<Api> {
  const owner = laptop.api(await laptop.token({ role: 'owner' }));
  await owner('PUT', `/v1/projects/${projectId}`, { name: projectId });
  const project = await operatorOf(projectId);
  const answers = [
    await project('PUT', '/admin/channels/web', { name: 'Web' }),
    await project('PUT', '/admin/groups/sales', { name: 'Sales', queuePosition: 1 }),
    await project('PUT', '/admin/agents/ada', { name: 'Ada' }),
    await project('PUT', '/admin/agents/ben', { name: 'Ben', groups: ['sales'] }),
    await project('PUT', '/agents/ben/status', { status: 'online' }),
    await project('PUT', '/admin/settings', settings, { 'if-match': '*' }),
  ];
  for (const { status } of answers) expect(status).toBeLessThan(300);
  return project;
}

/** A chat of Ada's that is queued for `sales`. */
async function queueUp(project: Api): Promise<string> {
  const { body } = await project('POST', '/agents/ada/chats', { channelId: 'web' });
  const { status } = await project('POST', `/chats/${body.chat.id}/transfer`, { to: { groupId: 'sales' } });
  expect(status).toBe(202);
  return body.chat.id;
}

/** How often the schedule fires in the minutes that come. */
async function firesIn(seconds: number): Promise<number> {
  const before = fired;
  await laptop.advance(seconds);
  return fired - before;
}

const start = (project: Api) => project('POST', '/admin/job/start');
const stop = (project: Api) => project('POST', '/admin/job/stop');
const agentOf = async (project: Api, chatId: string) =>
  (await project('GET', `/chats/${chatId}`)).body.agentId;

describe('the schedule of the job', () => {
  beforeEach(() => open());
  afterEach(() => laptop.close());

  test('is off until a job is started, and off again when it is stopped', async () => {
    const acme = await openProject('acme');
    expect(await firesIn(180)).toBe(0);
    await start(acme);
    expect(await firesIn(180)).toBeGreaterThan(0);
    await stop(acme);
    expect(await firesIn(180)).toBe(0);
  });

  test('stays on as long as the job of any project is', async () => {
    const [acme, other] = [await openProject('acme'), await openProject('other')];
    await start(acme);
    await start(other);
    await stop(acme);
    await stop(acme);
    expect(await firesIn(180)).toBeGreaterThan(0);
    await stop(other);
    expect(await firesIn(180)).toBe(0);
  });

  test('is off after a reset: nobody’s job is on any more', async () => {
    await start(await openProject('acme'));
    await laptop.reset();
    expect(await firesIn(180)).toBe(0);
  });

  test('fires once in each minute in which chats are queued, and no chat is given out twice', async () => {
    const acme = await openProject('acme', { distribution: { frequencySeconds: 60, quantity: 1 } });
    await start(acme);
    await laptop.advance(60);
    const chats = [await queueUp(acme), await queueUp(acme), await queueUp(acme)];
    expect(await firesIn(180)).toBe(3);
    for (const chatId of chats) {
      const { body } = await acme('GET', `/chats/${chatId}`);
      expect(body).toMatchObject({
        agentId: 'ben',
        assignments: [{}, { method: 'distributed-by-operator' }],
      });
    }
  });
});

describe('over a restart', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'usher-job-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  /** As the same laptop started again on its folder, port and all. */
  async function restart(): Promise<void> {
    const port = Number(new URL(laptop.url).port);
    await laptop.close();
    await open({ dataDir, port });
  }

  test('the schedule stays on, and what is queued is given out', async () => {
    await open({ dataDir });
    try {
      await start(await openProject('acme', { distribution: { frequencySeconds: 600 } }));
      const chatId = await queueUp(await operatorOf('acme'));
      await restart();
      const acme = await operatorOf('acme');
      const { body: job } = await acme('GET', '/admin/job');
      expect(job).toMatchObject({ running: true, queued: 1 });
      expect(await firesIn(660)).toBeGreaterThan(0);
      expect(await agentOf(acme, chatId)).toBe('ben');
    } finally {
      await laptop.close();
    }
  });

  test('the schedule stays off, and what is queued stays queued', async () => {
    await open({ dataDir });
    try {
      const acme = await openProject('acme', { distribution: { frequencySeconds: 600 } });
      await start(acme);
      const chatId = await queueUp(acme);
      await stop(acme);
      await restart();
      expect(await firesIn(1_300)).toBe(0);
      const again = await operatorOf('acme');
      expect((await again('GET', '/admin/job')).body).toMatchObject({ running: false, queued: 1 });
      expect(await agentOf(again, chatId)).toBe('ada');
    } finally {
      await laptop.close();
    }
  });
});

describe('thirty quiet days with the job on', () => {
  const THIRTY_DAYS = 30 * 86_400;
  /** A chat that is queued just before a minute begins is still seen then, and two more minutes of runs are sent off. */
  const LAST_RUN_WITHIN_SECONDS = 181;

  let writes: number;
  beforeEach(async () => {
    await open();
    writes = 0;
    laptop.context.table.client.middlewareStack.add(
      (next, { commandName = '' }) =>
        args => {
          const { Key } = args.input as { Key?: { pk?: unknown } };
          if (/^(Update|Put|Delete)/.test(commandName) && Key?.pk === JOBS_PARTITION) writes += 1;
          return next(args);
        },
      { step: 'initialize', name: 'countJobWrites' },
    );
  });
  afterEach(() => laptop.close());

  async function jobRow(): Promise<unknown> {
    const { client, name } = laptop.context.table;
    const { Item } = await client.send(new GetCommand({ TableName: name, Key: jobKey('acme' as ProjectId) }));
    return Item;
  }

  test.each<[string, (acme: Api) => Promise<unknown>]>([
    ['and nothing queued', async () => {}],
    [
      'and one chat queued that is on hold',
      async acme => {
        const chatId = await queueUp(acme);
        await acme('POST', `/chats/${chatId}/hold`);
        await laptop.advance(LAST_RUN_WITHIN_SECONDS);
      },
    ],
    [
      'and one that was given out',
      async acme => {
        await queueUp(acme);
        await laptop.advance(LAST_RUN_WITHIN_SECONDS);
      },
    ],
  ])('%s are a handful of calls, and leave the row of the job alone', async (_, prepare) => {
    const acme = await openProject('acme');
    await start(acme);
    expect(writes).toBeGreaterThan(0);
    await prepare(acme);
    const [row, before] = [await jobRow(), writes];
    expect(row).toMatchObject({ running: true });
    expect(await firesIn(THIRTY_DAYS)).toBeLessThan(6);
    expect(await jobRow()).toEqual(row);
    expect(writes).toBe(before);
  });

  test('are over for a chat that is queued at their end: it is given out within seconds', async () => {
    const acme = await openProject('acme');
    await start(acme);
    await laptop.advance(THIRTY_DAYS);
    const project = await operatorOf('acme');
    const chatId = await queueUp(project);
    await laptop.advance(6);
    expect(await agentOf(project, chatId)).toBe('ben');
  });
});
