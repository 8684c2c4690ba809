import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { ProjectId } from '../../domain/brands.ts';
import { start, wait } from '../../domain/verbs/start.ts';
import { searchLine } from '../../functions/allocate/waiting-line.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { inParallel } from '../../functions/in-parallel.ts';
import { joinLine } from '../../functions/store/start.ts';
import type { Measure } from '../measure.ts';
import { median, timedMs } from '../statistics.ts';
import { populate, putAgents, WEB, type World } from '../world.ts';

const CHATS = 1_000;
const AGENTS = 200;
const ROOM = 5;
const ROUNDS = 3;
const BUDGET_MS = 60_000;

/** A whole line given out when a shift comes online, against bare two-item transactions on the same engine. */
export async function drain(world: World): Promise<readonly Measure[]> {
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const projectId = await populate(world, `drain-${round}`, { agents: 0, maxLoad: 0 });
    await inParallel(Array.from({ length: CHATS }), BOUNDS.claimsInParallel, () =>
      addWaiting(world, projectId),
    );
    await putAgents(world, projectId, { agents: AGENTS, maxLoad: ROOM });
    const bareMs = await timedMs(() => bareTransactions(world, `bare-${round}`));
    let assigned = 0;
    const drainMs = await timedMs(async () => {
      assigned = (await searchLine(world.context, projectId, { budgetMs: BUDGET_MS })).settled;
    });
    if (assigned !== CHATS) throw new Error(`${assigned} of ${CHATS} chats were given out`);
    ratios.push(bareMs / drainMs);
    rates.push((CHATS / drainMs) * 1_000);
  }
  return [
    {
      name: `${CHATS} waiting chats, ${AGENTS} agents come online: rate against bare two-item transactions`,
      value: median(ratios),
      unit: 'x',
      bar: 0.5,
      better: 'at-least',
      note: `${Math.round(median(rates))} chats/s`,
    },
  ];
}

async function addWaiting({ context }: World, projectId: ProjectId): Promise<void> {
  const now = context.now();
  const id = context.newId.chat(now);
  const visitorId = context.newId.visitorOf(id);
  const chat = start(
    {
      id,
      projectId,
      channelId: WEB,
      asked: null,
      groupId: null,
      visitorId,
      visitor: {},
      previous: null,
    },
    now,
  );
  await joinLine(context.table, { chat: wait(chat), token: null, firstDecision: null }, 0, []);
}

/** The floor: as many transactions as chats, two small items each, as parallel as the search's claims. */
async function bareTransactions({ context }: World, name: string): Promise<void> {
  const { client, name: TableName } = context.table;
  const chats = Array.from({ length: CHATS }, (_, index) => index);
  await inParallel(chats, BOUNDS.claimsInParallel, index =>
    client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: `${name}#${index}`, sk: 'CHAT' } } },
          {
            Update: {
              TableName,
              Key: { pk: `${name}#${index % AGENTS}`, sk: 'AGENT' },
              UpdateExpression: 'ADD chats :one',
              ExpressionAttributeValues: { ':one': 1 },
            },
          },
        ],
      }),
    ),
  );
}
