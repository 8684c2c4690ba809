import { decodeTime } from 'ulid';
import * as z from 'zod';
import type { GroupId, Instant, ProjectId } from '../../domain/brands.ts';
import type { Table } from './client.ts';
import { SWEEP_LIST } from './keys.ts';
import { queryList } from './read.ts';

const sweepSort = z.string().regex(/^(line|group)#[^#]+#[^#]+$/);

/** What the sweep found: a project with waiting chats and since when the oldest waits, or a group to finish. */
export type Finding =
  | { readonly kind: 'line'; readonly projectId: ProjectId; readonly oldestSince: Instant }
  | { readonly kind: 'group'; readonly projectId: ProjectId; readonly groupId: GroupId };

/**
 * What the minute's sweep must look at, in the whole deployment. One query when there is nothing; each project with
 * waiting chats costs one more, however long its line is.
 */
export async function findWork(table: Table): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (let after: string | undefined; ; ) {
    const page = await queryList(table, SWEEP_LIST, { limit: 1, ...(after !== undefined && { after }) });
    const [row] = page.rows;
    if (row === undefined) return findings;
    const sort = sweepSort.parse(row.listSort);
    const [kind, projectId, id] = sort.split('#') as [Finding['kind'], ProjectId, string];
    if (kind === 'group') {
      findings.push({ kind, projectId, groupId: id as GroupId });
      after = sort;
    } else {
      findings.push({ kind, projectId, oldestSince: decodeTime(ulidOf(id)) as Instant });
      // Skips the rest of this project's line.
      after = `line#${projectId}#~`;
    }
  }
}

function ulidOf(chatId: string): string {
  return chatId.slice('chat_'.length).toUpperCase();
}
