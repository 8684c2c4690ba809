import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FUNCTION_NAMES, type FunctionName } from '../../cdk/functions.ts';
import { TABLE_USE, TABLE_USERS } from '../../cdk/table-use.ts';
import { type Bundle, bundleAll } from './bundles.ts';
import { allowedActions } from './policies.ts';
import { synthesise } from './synthesised.ts';

const run = promisify(execFile);

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));

/** One of `dependencies`, or what one of them needs. */
function isForProduction(name: string): boolean {
  const entry = lock.packages[`node_modules/${name}`];
  return entry !== undefined && !entry.dev && !entry.devOptional && !entry.optional;
}

/** Every byte is read and compiled in a cold start, and this one stands between a visitor and an answer. */
const START_CHAT_BYTES_MAX = 600 * 1024;

const CHANGES = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

/** What a command takes a permission for. A transaction takes those of the items in it. */
const TAKEN_FOR: Record<string, readonly string[]> = {
  GetItem: ['dynamodb:GetItem'],
  BatchGetItem: ['dynamodb:BatchGetItem'],
  BatchWriteItem: ['dynamodb:BatchWriteItem'],
  Query: ['dynamodb:Query'],
  PutItem: ['dynamodb:PutItem'],
  UpdateItem: ['dynamodb:UpdateItem'],
  DeleteItem: ['dynamodb:DeleteItem'],
  TransactWriteItems: [...CHANGES, 'dynamodb:ConditionCheckItem'],
  SendMessage: ['sqs:SendMessage'],
  SendMessageBatch: ['sqs:SendMessage'],
  PutEvents: ['events:PutEvents'],
  EnableRule: ['events:EnableRule'],
  DisableRule: ['events:DisableRule'],
};

/** Always there and never called: endpoint discovery is off, and the paging of the document client cannot be shaken off. */
const NEVER_CALLED = ['DescribeEndpoints', 'Scan'];

/** These are taken by the platform, for what calls the function or what becomes of its failures. */
const BY_THE_PLATFORM =
  /^(logs|xray):|^sqs:(ChangeMessageVisibility|DeleteMessage|ReceiveMessage|GetQueue\w+)$|^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/;

describe('bundles', () => {
  const template = synthesise();
  let bundles: ReadonlyMap<FunctionName, Bundle>;
  const bundle = (name: FunctionName): Bundle => {
    const found = bundles.get(name);
    if (found === undefined) throw new Error(`no bundle of ${name}`);
    return found;
  };
  const takenBy = (name: FunctionName) =>
    [...bundle(name).commands]
      .filter(command => !NEVER_CALLED.includes(command))
      .flatMap(command => TAKEN_FOR[command] ?? [`a permission for ${command}`]);

  beforeAll(async () => {
    bundles = await bundleAll();
  });
  afterAll(async () => {
    await rm(dirname(dirname(bundle('start-chat').file)), { recursive: true });
  });

  test.each(FUNCTION_NAMES)('%s loads by itself and exports its handler', async name => {
    // Another process: there the bundle meets no package, no jest and no `require`, as on Lambda.
    const script = `process.stdout.write(typeof (await import(${JSON.stringify(bundle(name).file)})).handler)`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: '/' });
    expect(stdout).toBe('function');
  });

  test.each(FUNCTION_NAMES)('%s has no permission that nothing in it takes', name => {
    const allowed = [...allowedActions(template, name)].filter(action => !BY_THE_PLATFORM.test(action));
    expect(takenBy(name)).toEqual(expect.arrayContaining(allowed));
  });

  test.each(TABLE_USERS)('%s has a permission for everything it does to the table', name => {
    const onTheTable = takenBy(name).filter(action => !/^(sqs|events):/.test(action));
    expect([...allowedActions(template, name)]).toEqual(expect.arrayContaining(onTheTable));
  });

  test.each(TABLE_USERS)('%s may query what it queries and nothing else', name => {
    expect([...TABLE_USE[name].queries].sort()).toEqual([...bundle(name).queries].sort());
  });

  test('only publish and admin carry the EventBridge client, and nothing that of the streams', () => {
    for (const name of FUNCTION_NAMES) {
      expect(bundle(name).clients.has('eventbridge')).toBe(name === 'publish' || name === 'admin');
      expect(bundle(name).clients).not.toContain('dynamodb-streams');
    }
  });

  test.each(FUNCTION_NAMES)('%s carries production packages only', name => {
    const { packages } = bundle(name);
    expect(packages.size).toBeGreaterThan(0);
    expect([...packages].filter(each => !isForProduction(each))).toEqual([]);
  });

  test('every dependency is in some bundle', () => {
    const carried = new Set(FUNCTION_NAMES.flatMap(name => [...bundle(name).packages]));
    expect(Object.keys(lock.packages[''].dependencies).filter(name => !carried.has(name))).toEqual([]);
  });

  test('start-chat stays small', () => {
    expect(bundle('start-chat').bytes).toBeLessThanOrEqual(START_CHAT_BYTES_MAX);
  });
});
