import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openLaptop, type TestLaptop } from '../support/laptop.ts';

let laptop: TestLaptop;
beforeAll(async () => {
  laptop = await openLaptop();
});
afterAll(() => laptop.close());

/** The machine's addresses on networks; and, on Linux, one that only a server for all addresses would answer on. */
const elsewhere = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => address)
  .concat(process.platform === 'linux' ? ['127.0.0.2'] : []);

test('neither the gateway nor an engine can be reached from a network', async () => {
  const ports = [laptop.url, ...laptop.engines.map(line => line.match(/http:\S+/)?.[0] ?? '')].map(
    url => new URL(url).port,
  );
  expect(ports).toHaveLength(4);
  for (const port of ports) {
    expect(await answers('127.0.0.1', port)).toBe(true);
    for (const host of elsewhere)
      expect([host, port, await answers(host, port)]).toEqual([host, port, false]);
  }
});

async function answers(host: string, port: string): Promise<boolean> {
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
