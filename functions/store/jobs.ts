import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Instant, ProjectId } from '../../domain/brands.ts';
import { DECISION_OUTCOMES } from '../../domain/decision.ts';
import { BOUNDS } from '../bounds.ts';
import type { Row, Table } from './client.ts';
import { writeIf } from './guarded.ts';
import { JOBS_PARTITION, jobKey } from './keys.ts';
import { getRow, queryPartition, readAll } from './read.ts';

const instant = z.number().transform(at => at as Instant);

/** What one run did. Chats are counted; `read` is the sum of the four that follow. */
const finishedRun = z.object({
  at: instant,
  read: z.number(),
  distributed: z.number(),
  notDistributed: z.number(),
  held: z.number(),
  purged: z.number(),
  /** Why some were not distributed, with how many. */
  because: z.partialRecord(z.enum(DECISION_OUTCOMES), z.number()),
  tookMs: z.number(),
});
export type FinishedRun = z.infer<typeof finishedRun>;

const jobRow = z.object({
  running: z.boolean().default(false),
  armedUntil: instant.default(0 as Instant),
  armedEverySeconds: z.number().default(0),
  lastRun: finishedRun.nullable().default(null),
});

/** A project's group distribution job. `armedUntil`: runs up to then are on their way, so many seconds apart. */
export type StoredJob = z.infer<typeof jobRow>;

export async function readJob(table: Table, projectId: ProjectId): Promise<StoredJob> {
  const row = await getRow(table, jobKey(projectId));
  return jobRow.parse(row ?? {});
}

/** Whether the job of any project runs. */
export async function isAnyJobRunning(table: Table): Promise<boolean> {
  const rows = await readAll(
    after => queryPartition(table, JOBS_PARTITION, after === undefined ? {} : { after }),
    row => row.sk,
  );
  return rows.some(row => jobRow.parse(row).running);
}

export async function saveRunning(table: Table, projectId: ProjectId, running: boolean): Promise<void> {
  await update(table, projectId, {
    UpdateExpression: 'SET running = :running',
    ExpressionAttributeValues: { ':running': running },
  });
}

export async function saveRunsArmed(
  table: Table,
  projectId: ProjectId,
  { until, everySeconds }: { readonly until: Instant; readonly everySeconds: number },
): Promise<void> {
  await update(table, projectId, {
    UpdateExpression: 'SET armedUntil = :until, armedEverySeconds = :every',
    ExpressionAttributeValues: { ':until': until, ':every': everySeconds },
  });
}

/** A run about to begin. `dueAt` null = a person asked for it: then it is not asked whether the job is on. */
type Begin = { readonly run: string; readonly dueAt: Instant | null; readonly now: Instant };

/**
 * Begins a run of the job. False: it was stopped, this run was carried out before, or another one is at work. The races
 * it wins: a message delivered twice, two distributors at once, a stop that the platform's schedule has not heard of.
 * A run that died is over when its lease is. The lease saves work and is no fence: every write of a run carries its own
 * conditions.
 */
export async function beginRun(
  table: Table,
  projectId: ProjectId,
  { run, dueAt, now }: Begin,
): Promise<boolean> {
  const isFree = '(attribute_not_exists(runUntil) OR runUntil < :now OR runUntil > :tooFar)';
  // A time that was begun and not ended, because its run died or failed, may be begun again.
  const isNew = 'attribute_not_exists(ranAt) OR ranAt < :dueAt OR unfinished = :dueAt';
  const isDue = `running = :true AND (${isNew})`;
  try {
    await update(table, projectId, {
      UpdateExpression: `SET run = :run, runUntil = :until${dueAt === null ? '' : ', ranAt = :dueAt, unfinished = :dueAt'}`,
      ConditionExpression: dueAt === null ? isFree : `${isDue} AND ${isFree}`,
      ExpressionAttributeValues: {
        ':run': run,
        ':until': now + BOUNDS.runLeaseMs,
        ':now': now,
        // A clock that was ahead must not lock the job for as long as it was ahead.
        ':tooFar': now + 10 * BOUNDS.runLeaseMs,
        ...(dueAt !== null && { ':dueAt': dueAt, ':true': true }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The SDK sent it again after a lost answer, and it met itself.
    return isOf(error.Item && unmarshall(error.Item), run);
  }
}

function isOf(row: Row | undefined, run: string): boolean {
  return row?.run === run;
}

/** The run is over: with what it did, or null when it failed and its time may be tried again. Loses to a newer run. */
export async function endRun(
  table: Table,
  projectId: ProjectId,
  run: string,
  lastRun: FinishedRun | null,
): Promise<void> {
  await writeIf(table, () =>
    update(table, projectId, {
      UpdateExpression:
        lastRun === null ? 'REMOVE run, runUntil' : 'SET lastRun = :done REMOVE run, runUntil, unfinished',
      ConditionExpression: 'run = :run',
      ExpressionAttributeValues: { ':run': run, ...(lastRun !== null && { ':done': lastRun }) },
    }),
  );
}

type Change = Omit<ConstructorParameters<typeof UpdateCommand>[0], 'TableName' | 'Key'>;

async function update(table: Table, projectId: ProjectId, change: Change): Promise<void> {
  await table.client.send(new UpdateCommand({ TableName: table.name, Key: jobKey(projectId), ...change }));
}
