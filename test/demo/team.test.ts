import { expect, test } from '@jest/globals';
import { onlineSeconds, statusChanges, TEAM } from '../../local/demo/team.ts';

/** Servers that began a call in each hour of the recorded day, from 7:00 on. */
const SERVERS_PER_HOUR = [4, 6, 7, 8, 8, 8, 9, 10, 8, 10, 9, 8, 8, 8, 6, 6, 5];

test('half as many agents are online in every hour as the recorded day had servers, rounded up', () => {
  const perHour = SERVERS_PER_HOUR.map((_, index) => onlineAt((7 + index) * 3_600 + 1_800));
  expect(perHour).toEqual(SERVERS_PER_HOUR.map(servers => Math.ceil(servers / 2)));
});

test('an agent is online for its shift without its rest', () => {
  for (const member of TEAM) {
    let online = 0;
    for (let second = 0; second < 90_000; second += 1_800) if (isOnline(member, second)) online += 1_800;
    expect(onlineSeconds(member)).toBe(online);
  }
});

function onlineAt(second: number): number {
  return TEAM.filter(member => isOnline(member, second)).length;
}

function isOnline(member: (typeof TEAM)[number], second: number): boolean {
  const changes = statusChanges(member).toSorted((a, b) => a.second - b.second);
  return changes.filter(change => change.second <= second).at(-1)?.status === 'online';
}
