import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** An engine that runs as a process of its own. */
export type EngineProcess = {
  /** Resolves when the process has ended. */
  readonly stop: () => Promise<void>;
};

/**
 * Waits until a started engine is ready, and sees to it that it never outlives this process. Throws with what the
 * engine said when it ends, or is not ready in time. `ready` gets a signal that ends its waiting.
 */
export async function superviseEngine(
  name: string,
  child: ChildProcess,
  ready: (signal: AbortSignal) => Promise<void>,
  readyWithinSeconds: number,
): Promise<EngineProcess> {
  const said = lastWords(child);
  const ended = new AbortController();
  const exit = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      ended.abort();
      reject(new Error(`${name} ended with ${signal ?? `code ${code}`}. It said: ${said() || 'nothing'}`));
    });
  });
  exit.catch(() => {});
  const stop = () => endChild(child);
  killWithUs(child);
  try {
    const timeout = AbortSignal.timeout(readyWithinSeconds * 1_000);
    await Promise.race([ready(AbortSignal.any([ended.signal, timeout])), exit]);
  } catch (error) {
    await stop();
    throw error;
  }
  let stopping = false;
  exit.catch((error: Error) => {
    if (!stopping)
      console.error(`usher: ${error.message}\nNothing can be stored without it. Start Usher again.`);
  });
  return {
    stop() {
      stopping = true;
      return stop();
    },
  };
}

const WORDS_CHARACTERS_MAX = 2_000;

/** What a process said last, for a message when it fails. */
function lastWords(child: ChildProcess): () => string {
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', chunk => {
      words = `${words}${chunk}`.slice(-WORDS_CHARACTERS_MAX);
    });
  }
  return () => words.trim();
}

const KILL_AFTER_MS = 5_000;

async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await gone;
  clearTimeout(kill);
}

/**
 * Ends the engine with this process, also when that is killed and can do nothing more: a tiny shell waits on a pipe
 * that the operating system closes then.
 */
function killWithUs(child: ChildProcess): void {
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  if (process.platform === 'win32' || child.pid === undefined) return;
  const watch = spawn('/bin/sh', ['-c', 'read -r _ || kill "$1"', 'usher-watch', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.on('error', () => {});
  watch.stdin.on('error', () => {});
  watch.unref();
  child.once('exit', () => watch.stdin.end('\n'));
}

/** A port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}
