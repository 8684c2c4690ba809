import { expect } from '@jest/globals';
import type { ChatId } from '../../domain/brands.ts';
import type { Chat } from '../../domain/chat.ts';
import { agent, channel, LINE_1, LINE_2 } from './domain.ts';
import type { Engine } from './engine.ts';
import { type Fault, timedOutBefore } from './faults.ts';
import { decisionsAbout, type Standing } from './standing.ts';
import { openWorld, type World } from './world.ts';

/** Ada and Eve are in no line; Bo goes before Cy in line 1, Di is line 2. Each of them takes one chat. */
export async function openTeam(engine: Engine): Promise<World> {
  const world = await openWorld(engine);
  await world.put({
    channels: [channel('mail', 2)],
    groups: [LINE_1, LINE_2],
    agents: [
      agent({ id: 'ada' }),
      agent({ id: 'bo', groups: [LINE_1], maxLoad: 1 }),
      agent({ id: 'cy', groups: [LINE_1], maxLoad: 1, lastClosed: '15:00' }),
      agent({ id: 'di', groups: [LINE_2], maxLoad: 1 }),
      agent({ id: 'eve' }),
    ],
  });
  return world;
}

/** A chat that Ada, or whoever is named, has begun from a contact card. */
export async function chatOf(world: World, agentId = 'ada'): Promise<ChatId> {
  const { body } = await world.call('initiateChat', { params: { agentId }, body: { channelId: 'web' } });
  return body.chat.id;
}

export const chatIn = ({ chats }: Standing, id: ChatId): Chat | undefined =>
  chats.find(({ chat }) => chat.id === id)?.chat;
export const outcomesAbout = (standing: Standing, id: ChatId) =>
  decisionsAbout(standing, id).map(({ outcome }) => outcome);

export type Others = (world: World, id: ChatId) => Promise<unknown>;
export const transferOn = async (
  world: World,
  id: ChatId,
  ...to: readonly Parameters<World['transfer']>[1][]
) => {
  for (const one of to) expect((await world.transfer(id, one)).status).toBeLessThan(300);
};

/** What others do to those who could get the chat. */
export const TO_AGENTS: readonly (readonly [string, Others, string])[] = [
  ['the agent was deactivated', world => world.edit('bo', { active: false }), 'cy'],
  ['the agent went offline', world => world.setStatus('bo', 'offline'), 'cy'],
  ['the agent got full', world => chatOf(world, 'bo'), 'cy'],
  ['the agent left the group', world => world.edit('bo', { groups: [] }), 'cy'],
  ['the agent works with other channels now', world => world.edit('bo', { channels: ['mail'] }), 'cy'],
  ['the agent was removed', world => world.call('deleteAgent', { params: { agentId: 'bo' } }), 'cy'],
  ['somebody better came', world => world.setStatus('di', 'busy'), 'bo'],
  ['the current agent got another chat', world => chatOf(world), 'bo'],
  ['the current agent was deactivated', world => world.edit('ada', { active: false }), 'bo'],
  ['the current agent’s limit was lowered', world => world.edit('ada', { maxLoad: 1 }), 'bo'],
];

export function heldBy(agentId: string) {
  return { state: 'open' as const, agentId: agentId as never, transfer: null };
}

/** It is carried out and its answer lost, and others change something before it is sent again. */
export const lostAnswer =
  (others: () => Promise<unknown>): Fault =>
  async (carryOut, call) => {
    await carryOut();
    await others();
    return timedOutBefore(carryOut, call);
  };
