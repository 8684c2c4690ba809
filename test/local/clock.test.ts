import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Instant } from '../../domain/brands.ts';
import { type DataFolder, openDataFolder } from '../../local/storage/data-folder.ts';
import { openClock } from '../../local/time/clock.ts';

let machine: number;
let path: string;
let folder: DataFolder;
const open = () => openClock(folder, () => machine);

beforeEach(() => {
  machine = 1_000_000;
  path = mkdtempSync(join(tmpdir(), 'usher-clock-'));
  folder = openDataFolder(path);
});
afterEach(() => {
  folder.close();
  rmSync(path, { recursive: true });
});

test('it runs with the machine, as far ahead as it was moved', () => {
  const clock = open();
  clock.moveTo((machine + 60_000) as Instant);
  machine += 5;
  expect(clock.now()).toBe(1_060_005);
});

test('a moment that has passed does not move it', () => {
  const clock = open();
  clock.moveTo(5 as Instant);
  expect(clock.now()).toBe(machine);
});

test('a machine whose clock is set back holds it, and does not turn it back', () => {
  const clock = open();
  clock.now();
  machine -= 3_000;
  expect(clock.now()).toBe(1_000_000);
  machine += 3_001;
  expect(clock.now()).toBe(1_000_001);
});

test('after a restart it goes on as far ahead, and not earlier than it was', () => {
  const before = open();
  before.moveTo((machine + 60_000) as Instant);
  before.keep();
  machine -= 10_000;
  expect(open().now()).toBe(1_060_000);
});

test('what was promised holds, though something earlier is written down after it', () => {
  const before = open();
  before.keep((machine + 86_400_000) as Instant);
  before.moveTo((machine + 60_000) as Instant);
  before.keep();
  expect(open().now()).toBe(87_400_000);
});
