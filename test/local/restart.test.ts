import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDataFolder } from '../../local/storage/data-folder.ts';
import { FolderInUse } from '../../local/storage/lock.ts';
import { openLaptop } from '../support/laptop.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'usher-restart-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test('a restart keeps the table, the queue, the clock, the events and the issuer’s key', async () => {
  const first = await openLaptop({ dataDir, demo: true });
  const token = await first.token({ role: 'owner' });
  await first.advance(3_600);
  const sent = {
    kind: 'search' as const,
    projectId: 'demo' as never,
    dueAt: (first.context.now() + 600_000) as never,
  };
  await first.context.searchQueue.send([sent], first.context.now());
  const events = (await first.api()('GET', '/local/events')).body;
  const then = first.context.now();
  const { port } = new URL(first.url);
  await first.close();

  const second = await openLaptop({ dataDir, demo: true, port: Number(port) });
  try {
    expect(second.context.now()).toBeGreaterThanOrEqual(then);
    expect((await second.api(token)('GET', '/v1/projects/demo/agents')).body.items).toHaveLength(9);
    expect(second.queue.look().map(({ body }) => JSON.parse(body).dueAt)).toContain(sent.dueAt);
    expect((await second.api()('GET', '/local/events')).body).toEqual(events);
  } finally {
    await second.close();
  }
});

test('the demo team is not loaded over what was made of it', async () => {
  const first = await openLaptop({ dataDir, demo: true });
  const operator = first.api(await first.token({ role: 'operator', projectId: 'demo' }));
  await operator('DELETE', '/v1/projects/demo/admin/agents/ivo');
  await first.close();

  const second = await openLaptop({ dataDir, demo: true });
  try {
    const again = second.api(await second.token({ role: 'operator', projectId: 'demo' }));
    expect((await again('GET', '/v1/projects/demo/agents/ivo')).status).toBe(404);
    const owner = second.api(await second.token({ role: 'owner' }));
    const [demo] = (await owner('GET', '/v1/projects')).body.items;
    expect(demo.allowedOrigins).toContain(second.url);
  } finally {
    await second.close();
  }
});

test('two on one folder: the second is told so, and the folder is free when the first ends', async () => {
  const first = await openLaptop({ dataDir });
  await expect(openLaptop({ dataDir })).rejects.toThrow(FolderInUse);
  await first.close();
  openDataFolder(dataDir).close();
});
