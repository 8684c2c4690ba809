import { nothingRead, startAnswer } from './answers.ts';
import type { Call } from './bank-day.ts';
import type { Credential } from './connection.ts';
import { channelOf, type Followed } from './floor.ts';
import type { RunningDay } from './running-day.ts';

/** A customer writes: who is known to have been here before sends the token it was given then. */
export async function arrive(day: RunningDay, second: number, call: Call): Promise<void> {
  const { connection, bank, floor, tokens, watcher, due } = day;
  const earlier = call.caller === null ? undefined : tokens.get(call.caller);
  const { status, body } = await connection.call(
    {
      method: 'POST',
      path: `${bank.path}/chats`,
      as: earlier === undefined ? bank.page : { token: earlier },
      body: { channelId: channelOf(call) },
    },
    startAnswer,
  );
  const { chat, visitorToken } = body;
  if (call.caller !== null) tokens.set(call.caller, visitorToken);
  const known = floor.chats.get(chat.id);
  if (status === 200 && known !== undefined) {
    floor.gotBack();
    return watcher.cameBack(second, known);
  }
  const waiting: Followed = { chatId: chat.id, call, visitorToken, state: 'waiting', agentId: null };
  floor.put(waiting);
  if (chat.agent !== null) {
    return becomeAssigned(day, waiting, chat.agent.name, day.clock.secondOf(chat.assignedAt ?? 0));
  }
  if (call.patienceSeconds !== null) {
    due.add(second + call.patienceSeconds, { kind: 'patience-end', chatId: chat.id });
  }
}

/** An agent has the chat: from here on it takes as long as it was recorded to take. */
export async function becomeAssigned(day: RunningDay, chat: Followed, agentId: string, second: number) {
  const open: Followed = { ...chat, state: 'open', agentId };
  day.floor.put(open);
  day.due.add(second + day.serviceSecondsOf(chat.call), { kind: 'service-end', chatId: chat.chatId });
  await day.watcher.assigned(second, open, Math.max(0, second - chat.call.arrivalSecond));
}

export async function endService(day: RunningDay, chatId: string): Promise<void> {
  const chat = day.floor.chats.get(chatId);
  if (chat?.state !== 'open' || chat.agentId === null) return;
  await close(day, chat, day.bank.agent(chat.agentId));
}

/** The visitor's patience is over; it leaves if it still waits. */
export async function giveUp(day: RunningDay, second: number, chatId: string): Promise<void> {
  const chat = day.floor.chats.get(chatId);
  if (chat?.state !== 'waiting') return;
  await close(day, chat, { token: chat.visitorToken });
  day.watcher.gaveUp(second, chat);
}

async function close(day: RunningDay, chat: Followed, as: Credential): Promise<void> {
  const path = `${day.bank.path}/chats/${chat.chatId}/close`;
  await day.connection.call({ method: 'POST', path, as }, nothingRead);
  day.floor.put({ ...chat, state: 'closed' });
}

export async function changeStatus(day: RunningDay, agentId: string, status: string): Promise<void> {
  const path = `${day.bank.path}/agents/${agentId}/status`;
  const as = day.bank.agent(agentId);
  await day.connection.call({ method: 'PUT', path, as, body: { status } }, nothingRead);
}
