import type * as z from 'zod';
import {
  type AgentRecord,
  agentAnswer,
  type ChatRecord,
  channelAnswer,
  chatAnswer,
  type DecisionRecord,
  decisionAnswer,
  pageOf,
} from '../answers.ts';
import type { Bank } from '../bank.ts';
import type { Connection } from '../connection.ts';

/** What the API says, read to the end: the recount knows nothing else. */
export type Standing = {
  readonly chats: readonly ChatRecord[];
  readonly agents: readonly AgentRecord[];
  /** By channel id. */
  readonly weights: ReadonlyMap<string, number>;
};

export async function readStanding(connection: Connection, bank: Bank): Promise<Standing> {
  const list = <Item extends z.ZodType>(where: string, item: Item) => readList(connection, bank, where, item);
  const channels = await list('admin/channels', channelAnswer);
  return {
    chats: await list('chats', chatAnswer),
    agents: await list('agents', agentAnswer),
    weights: new Map(channels.map(({ id, weight }) => [id, weight])),
  };
}

/** Agents and open chats only: little enough to be read every hour of the day. */
export async function readLoad(connection: Connection, bank: Bank): Promise<Omit<Standing, 'weights'>> {
  return {
    agents: await readList(connection, bank, 'agents', agentAnswer),
    chats: await readList(connection, bank, 'chats', chatAnswer, 'state=open&'),
  };
}

export async function readDecisions(
  connection: Connection,
  bank: Bank,
  chatId: string,
): Promise<readonly DecisionRecord[]> {
  return readList(connection, bank, `chats/${chatId}/decisions`, decisionAnswer);
}

async function readList<Item extends z.ZodType>(
  connection: Connection,
  bank: Bank,
  where: string,
  item: Item,
  filter = '',
): Promise<z.infer<Item>[]> {
  const items: z.infer<Item>[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `${bank.path}/${where}?${filter}limit=100${from}`;
    const { body } = await connection.call({ method: 'GET', path, as: bank.operator }, pageOf(item));
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return items;
}
