import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { ProjectId } from '../../domain/brands.ts';
import { searchLine } from '../../functions/allocate/waiting-line.ts';
import { BOUNDS } from '../../functions/bounds.ts';
import { runJob } from '../../functions/distribute/run-job.ts';
import { inParallel } from '../../functions/in-parallel.ts';
import { jobMinuteLambda } from '../../functions/scheduled/job-minute.ts';
import { saveRunning } from '../../functions/store/jobs.ts';
import { readSystemSettings, saveSystemSettings } from '../../functions/store/system-settings.ts';
import { readUnits } from '../counting.ts';
import type { Measure } from '../measure.ts';
import { median, timedMs } from '../statistics.ts';
import { CREW, populate, startOne, WEB, type World } from '../world.ts';

const MANY = 500;
const HALF = 250;
const ROUNDS = 3;
const BUDGET_MS = 60_000;

/** A run of the group distribution job over as many queued chats as agents, against bare transactions on the same engine. */
export async function distribution(world: World): Promise<readonly Measure[]> {
  const { table } = world.context;
  const { settings, version } = await readSystemSettings(table);
  await saveSystemSettings(table, { ...settings, routingQueueSize: MANY }, version);
  const ofAgents: number[] = [];
  const ofBots: number[] = [];
  const rates: number[] = [];
  let reads = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bareMs = await timedMs(() => bareTransactions(world, `bare-three-${round}`));
    const moved = await oneRun(world, `moved-${round}`, MANY, false);
    const fromBots = await oneRun(world, `bots-${round}`, MANY, true);
    ofAgents.push(bareMs / moved.ms);
    ofBots.push(bareMs / fromBots.ms);
    rates.push((MANY / moved.ms) * 1_000);
    reads = moved.reads;
  }
  const half = await oneRun(world, 'half', HALF, false);
  return [
    {
      name: `a run over ${MANY} queued chats and ${MANY} agents: rate against bare three-item transactions`,
      value: median(ofAgents),
      unit: 'x',
      bar: 0.5,
      better: 'at-least',
      note: `${Math.round(median(rates))} chats/s from agent to agent; from a bot ${median(ofBots).toFixed(2)}x`,
    },
    {
      name: `read units of that run against one over ${HALF} chats and ${HALF} agents: twice, not four times`,
      value: reads / half.reads,
      unit: 'x',
      bar: 2.1,
      better: 'at-most',
      note: `${reads} RU, with its search afterwards`,
    },
    await idle(world),
  ];
}

/** As many agents as chats, each with one of them, all in one group that each chat is queued for. */
async function oneRun(world: World, name: string, count: number, withBots: boolean) {
  const projectId = await populate(world, name, { agents: count, maxLoad: 3, crew: count });
  const { context, counter } = world;
  // Not by the admin function: the schedule is not under measurement.
  await saveRunning(context.table, projectId, true);
  const numbers = Array.from({ length: count }, (_, index) => index);
  const begin = () =>
    withBots
      ? world.call('startChat', { projectId }, { botOf: projectId }, { channelId: WEB })
      : startOne(world, projectId);
  const begun = await inParallel(numbers, BOUNDS.claimsInParallel, begin);
  // A search that ran out of its time hands over to the queue, which is not there.
  await searchLine(context, projectId, { budgetMs: BUDGET_MS });
  const as = withBots ? { botOf: projectId } : { operatorOf: projectId };
  await inParallel(begun, BOUNDS.claimsInParallel, ({ body }) =>
    world.call('transferChat', { projectId, chatId: body.chat.id }, as, { to: { groupId: CREW } }),
  );
  counter.reset();
  const startedMs = performance.now();
  const run = await runJob(context, projectId, { dueAt: null, budgetMs: BUDGET_MS });
  const ms = performance.now() - startedMs;
  if (run?.distributed !== count) throw new Error(`${run?.distributed} of ${count} chats were distributed`);
  return { ms, reads: readUnits(counter.calls) };
}

/** The job is on somewhere, and nobody has queued anything. */
async function idle(world: World): Promise<Measure> {
  const { context, counter } = world;
  await saveRunning(context.table, 'idle' as ProjectId, true);
  counter.reset();
  await jobMinuteLambda(context)();
  return {
    name: 'job on, nothing queued: calls to the table a minute, for the whole deployment',
    value: counter.calls.length,
    unit: 'calls',
    bar: 1,
    better: 'at-most',
    note: 'besides the one of the sweep, which is there without the job too',
  };
}

/** The floor: as many transactions as chats, three small items each, as parallel as the search's claims. */
async function bareTransactions({ context }: World, name: string): Promise<void> {
  const { client, name: TableName } = context.table;
  const count = (pk: string) => ({
    Update: {
      TableName,
      Key: { pk, sk: 'AGENT' },
      UpdateExpression: 'ADD chats :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  });
  await inParallel(
    Array.from({ length: MANY }, (_, index) => index),
    BOUNDS.claimsInParallel,
    index =>
      client.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName, Item: { pk: `${name}#chat#${index}`, sk: 'CHAT' } } },
            count(`${name}#agent#${index}`),
            count(`${name}#agent#${MANY + index}`),
          ],
        }),
      ),
  );
}
