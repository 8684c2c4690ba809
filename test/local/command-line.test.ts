import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { apiOf } from '../support/laptop.ts';

let dataDir: string;
let running: Run[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'usher-start-'));
  running = [];
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(dataDir, { recursive: true });
});

type Run = {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly out: () => string;
  readonly err: () => string;
  /** The address in the last line. */
  readonly ready: () => Promise<string>;
};

function start(args: readonly string[] = ['--no-demo'], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['local/main.ts', ...args], {
    env: { ...process.env, USHER_DATA: dataDir, PORT: '0', ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', chunk => {
    out += chunk;
  });
  child.stderr.on('data', chunk => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const ready = async () => {
    for (;;) {
      const url = /^usher ready (\S+)\n$/m.exec(out)?.[1];
      if (url !== undefined) return url;
      await Promise.race([
        once(child.stdout, 'data'),
        ended.then(code => Promise.reject(new Error(`${code} ${err}`))),
      ]);
    }
  };
  const run = { child, ended, out: () => out, err: () => err, ready };
  running.push(run);
  return run;
}

test('it says what runs where, last that it is ready, and stops cleanly when told to', async () => {
  const usher = start();
  const url = await usher.ready();
  expect(url).toMatch(/^http:\/\/localhost:\d+$/);
  expect(usher.out()).toMatch(/table .*\n.*queue .*\n.*events .*\n.*data /);
  expect(usher.out().endsWith(`usher ready ${url}\n`)).toBe(true);
  usher.child.kill('SIGINT');
  expect(await usher.ended).toBe(0);
  expect(usher.err()).toBe('usher: stopping …\n');
});

test('killed outright, its engine ends with it, and a restart finds everything', async () => {
  const first = start(['--no-demo'], { USHER_DYNAMODB: process.env.USHER_DYNAMODB ?? '' });
  const url = await first.ready();
  const { token } = (await apiOf(url)('POST', '/local/token', { role: 'owner' })).body;
  expect((await apiOf(url, token)('PUT', '/v1/projects/acme', { name: 'Acme' })).status).toBe(201);
  const tablePort = Number(/table .*:(\d+)/.exec(first.out())?.[1]);
  first.child.kill('SIGKILL');
  await first.ended;
  while (await answers(tablePort)) await pause(10);

  const second = start(['--no-demo'], { PORT: new URL(url).port });
  expect(await second.ready()).toBe(url);
  expect((await apiOf(url, token)('GET', '/v1/projects')).body.items).toMatchObject([{ id: 'acme' }]);
});

test('a second one on the same folder says so and ends with 1', async () => {
  await start().ready();
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.err()).toContain('works on the data folder');
  expect(second.err()).toContain(String(running[0]?.child.pid));
});

test('a taken port gives way to the next, and it is said', async () => {
  const first = start();
  const { port } = new URL(await first.ready());
  const second = start(['--no-demo'], { PORT: port, USHER_DATA: 'memory' });
  expect(Number(new URL(await second.ready()).port)).toBeGreaterThan(Number(port));
  expect(second.err()).toContain(`port ${port} is taken`);
});

test.each([
  ['an unknown flag', ['--nope'], {}, 2, '--no-demo'],
  ['an argument', ['demo'], {}, 2, '--no-demo'],
  ['a port that is none', [], { PORT: 'abc' }, 2, 'PORT=8000'],
  ['an engine that is none', [], { USHER_DYNAMODB: 'sqlite' }, 1, 'dynamodb-local'],
])('%s is answered with what to type instead', async (_, args, env, code, hint) => {
  const usher = start(args, env as unknown as Record<string, string>);
  expect(await usher.ended).toBe(code);
  expect(usher.err()).toContain(hint);
  expect(usher.out()).toBe('');
});

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
