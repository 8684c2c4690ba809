import { describe, expect, test } from '@jest/globals';
import { positionOf } from '../../domain/line.ts';
import { agent, LINE_1, LINE_2, place } from '../support/domain.ts';
import { lineOf } from './matching.ts';

/** The contract: "1 = next; counts the older waiting chats that could go to one of the same agents". */
describe('the position a visitor is told', () => {
  const own = place({ channelId: 'web' });

  test.each([
    { when: 'nobody is before it', older: [], team: [agent()], position: 1 },
    { when: 'two of its channel are', older: lineOf('web', 'web'), team: [agent()], position: 3 },
    {
      when: 'one of another channel shares an agent with it',
      older: lineOf('mail'),
      team: [agent({ id: 'ada', channels: ['web'] }), agent({ id: 'bo', channels: ['mail', 'web'] })],
      position: 2,
    },
    {
      when: 'an agent on all channels is shared by all',
      older: lineOf('mail', 'video'),
      team: [agent({ channels: null })],
      position: 3,
    },
    {
      when: 'one of another channel goes to other agents',
      older: lineOf('mail', 'web', 'mail'),
      team: [agent({ id: 'ada', channels: ['web'] }), agent({ id: 'bo', channels: ['mail'] })],
      position: 2,
    },
    {
      // Who could take it decides, not who can at the moment.
      when: 'the shared agent is away and full',
      older: lineOf('mail'),
      team: [agent({ status: 'offline', maxLoad: 1, load: 1 })],
      position: 2,
    },
    {
      when: 'the shared agent has left',
      older: lineOf('mail'),
      team: [agent({ active: false })],
      position: 1,
    },
    {
      // Chats of one channel go to the same agents by nature, so this needs no team.
      when: 'its channel has nobody',
      older: lineOf('web'),
      team: [],
      position: 2,
    },
    {
      when: 'one waits in a group, and one of its agents is on the team’s channel',
      older: [place({ groupId: LINE_1.id })],
      team: [agent({ groups: [LINE_1] })],
      position: 2,
    },
    {
      when: 'one waits in a group where nobody works with its channel',
      older: [place({ groupId: LINE_1.id, channelId: 'mail' })],
      team: [agent({ groups: [LINE_1], channels: ['mail'] }), agent({ id: 'bo', channels: ['web'] })],
      position: 1,
    },
    {
      when: 'one waits in a group that nobody is in',
      older: [place({ groupId: LINE_2.id })],
      team: [agent({ groups: [LINE_1] })],
      position: 1,
    },
  ])('$when: $position', ({ older, team, position }) => {
    expect(positionOf(own, older, team)).toBe(position);
  });

  const inLine1 = place({ groupId: LINE_1.id });
  test.each([
    { when: 'those of its own group', older: [LINE_1.id, LINE_1.id], team: [], position: 3 },
    {
      when: 'another group with a common member',
      older: [LINE_2.id],
      team: [agent({ groups: [LINE_1, LINE_2] })],
      position: 2,
    },
    {
      when: 'another group without one',
      older: [LINE_2.id],
      team: [agent({ id: 'ada', groups: [LINE_1] }), agent({ id: 'bo', groups: [LINE_2] })],
      position: 1,
    },
    { when: 'the whole team', older: [null], team: [agent({ groups: [LINE_1] })], position: 2 },
    { when: 'the whole team, none of it in the group', older: [null], team: [agent()], position: 1 },
    {
      // A group may be called anything; the whole team is not one of that name.
      when: 'the whole team and a group called "null"',
      older: ['null', null],
      team: [agent({ groups: [LINE_1] })],
      position: 2,
    },
  ])('in a group, behind chats of $when: $position', ({ older, team, position }) => {
    const before = older.map((groupId, i) => place({ chatId: `chat_0${i}`, groupId }));
    expect(positionOf(inLine1, before, team)).toBe(position);
  });
});
