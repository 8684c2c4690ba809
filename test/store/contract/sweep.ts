import { expect, test } from '@jest/globals';
import type { Instant, ProjectId } from '../../../domain/brands.ts';
import type { BotChat } from '../../../domain/chat.ts';
import { assign } from '../../../domain/verbs/assign.ts';
import { close } from '../../../domain/verbs/close.ts';
import { queue } from '../../../domain/verbs/transfer.ts';
import { inParallel } from '../../../functions/in-parallel.ts';
import { saveAgent, saveCard } from '../../../functions/store/agents.ts';
import { saveChange } from '../../../functions/store/changes.ts';
import { saveGroup } from '../../../functions/store/groups.ts';
import { createForBot, joinLine, offerNew } from '../../../functions/store/start.ts';
import { findDueTimers, findNextTimer, findQueues, findWork } from '../../../functions/store/sweep.ts';
import { agent, botChat, chatId, LINE_1, NOW, offeredChat, waitingChat } from '../../support/domain.ts';
import { openDoor } from '../../support/faults.ts';

import {
  ACME,
  ADA,
  DECISION,
  isCommitted,
  join,
  later,
  open,
  put,
  storedAs,
  storedGroup,
  table,
} from './fixtures.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** The ten characters of a ULID that tell its time. */
function encodeTime(time: number): string {
  let text = '';
  for (let rest = time; text.length < 10; rest = Math.floor(rest / 32))
    text = `${CROCKFORD[rest % 32]}${text}`;
  return text;
}
const NOTHING = { findings: [], isTimerDue: false };

export function sweep(): void {
  const idAt = (time: number) => chatId(`chat_${encodeTime(time)}${'0'.repeat(16)}`);

  test('finds nothing where nothing waits', async () => {
    await put(ADA);
    await open(1);
    expect(await findWork(table, NOW)).toEqual(NOTHING);
  });

  test('finds each project with waiting chats once, with its oldest, and each group under way', async () => {
    // Ids that are each other's beginning must not hide each other.
    const projects = ['a', 'a-1', 'a_1', 'a1', 'b'] as ProjectId[];
    for (const [index, projectId] of projects.entries()) {
      for (const minute of [9, 5, 7]) {
        const chat = waitingChat({ id: idAt(NOW + index + minute * 60_000), projectId });
        expect(await joinLine(table, storedAs(chat), 0, [])).toEqual(isCommitted);
      }
      await saveGroup(
        table,
        projectId,
        storedGroup({ spreading: index === 1 ? 'removal' : null }),
        null,
        null,
      );
    }
    const { findings: found } = await findWork(table, NOW);
    expect(found).toContainEqual({ kind: 'group', projectId: 'a-1', groupId: LINE_1.id });
    const lines = found.filter(finding => finding.kind === 'line');
    expect([...lines].sort((one, other) => (one.projectId < other.projectId ? -1 : 1))).toEqual(
      [...projects].sort().map(projectId => ({
        kind: 'line',
        projectId,
        oldestSince: NOW + projects.indexOf(projectId) + 5 * 60_000,
      })),
    );
    expect(found).toHaveLength(6);
  });

  const scheduled = (id: string, at: Instant | null, projectId = ACME) =>
    saveCard(table, projectId, agent({ id, nextEdgeAt: at }), null, [], []);
  const dueAt = async (now: Instant) => {
    const { timers } = await findDueTimers(table, now);
    return timers.map(({ id }) => id);
  };

  test('finds the edges that are due, the longest due first, in all projects', async () => {
    await scheduled('c', later(3_000));
    await scheduled('a', later(1_000), 'other' as ProjectId);
    await scheduled('b', later(2_000));
    await scheduled('none', null);
    expect([await dueAt(NOW), await dueAt(later(999))]).toEqual([[], []]);
    // An edge is due in the moment it is for.
    expect(await dueAt(later(1_000))).toEqual(['a']);
    const found = await findDueTimers(table, later(2_500));
    expect(found).toEqual({
      timers: [
        { kind: 'edge', projectId: 'other', id: 'a', at: later(1_000) },
        { kind: 'edge', projectId: ACME, id: 'b', at: later(2_000) },
      ],
      last: null,
    });
  });

  test('finds every edge that is due, however many there are', async () => {
    const ids = Array.from({ length: 1_010 }, (_, index) => `agent-${String(index).padStart(4, '0')}`);
    await inParallel(ids, 24, id => scheduled(id, NOW));
    const first = await findDueTimers(table, NOW);
    expect(first.timers.length).toBeLessThan(1_010);
    const found: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await findDueTimers(table, NOW, after);
      found.push(...page.timers.map(({ id }) => id));
      if (page.last === null) break;
      after = page.last;
    }
    expect(found.sort()).toEqual(ids);
  });

  test('knows the next edge of all, due or not', async () => {
    expect(await findNextTimer(table)).toBeNull();
    await scheduled('b', later(2_000));
    await scheduled('a', later(1_000), 'other' as ProjectId);
    await join(1);
    expect(await findNextTimer(table)).toBe(later(1_000));
  });

  test('follows an edge that moves, and forgets that of an agent without a schedule', async () => {
    await scheduled('ada', later(1_000));
    const moved = agent({ id: 'ada', nextEdgeAt: later(9_000), version: 2 });
    expect(await saveAgent(table, ACME, moved, 1)).toBe('written');
    expect([await dueAt(later(5_000)), await findNextTimer(table)]).toEqual([[], later(9_000)]);
    await saveAgent(table, ACME, agent({ id: 'ada', version: 3 }), 2);
    expect(await findNextTimer(table)).toBeNull();
  });

  test('tells whether edges are due beside all else, and looks at none of them for it', async () => {
    await scheduled('ada', later(1_000));
    await scheduled('bo', later(2_000));
    expect(await findWork(table, NOW)).toEqual(NOTHING);
    expect(await findWork(table, later(1_000))).toEqual({ findings: [], isTimerDue: true });
    await join(1);
    const { findings, isTimerDue } = await findWork(table, later(5_000));
    expect([findings.map(({ kind }) => kind), isTimerDue]).toEqual([['line'], true]);
    const door = openDoor();
    await findWork(door.through(table), later(5_000));
    expect(door.calls).toHaveLength(2);
  });

  test('finds each project with open offers once, beside its waiting chats', async () => {
    for (const projectId of [ACME, 'acme-2' as ProjectId]) {
      for (const minute of [1, 2, 3]) {
        const id = idAt(NOW + minute * 60_000);
        const stored = storedAs(offeredChat({ id, projectId }), { ...DECISION, chatId: id });
        expect(await offerNew(table, stored, [])).toEqual(isCommitted);
      }
    }
    await join(9);
    const { findings } = await findWork(table, NOW);
    expect(findings.map(({ kind, projectId }) => `${kind} ${projectId}`)).toEqual([
      'line acme',
      'offer acme',
      'offer acme-2',
    ]);
  });

  test('finds it no more when the last chat left the line', async () => {
    const before = await join(1);
    await saveChange(table, { before, after: close(before.chat, 'closed-by-visitor', NOW) }, []);
    expect(await findWork(table, NOW)).toEqual(NOTHING);
  });

  const TO_LINE_1 = { groupId: LINE_1.id, reason: null, isBotTransfer: true };
  const begun = async (projectId = ACME, minute = 1) => {
    const stored = storedAs(botChat({ id: idAt(NOW + minute * 60_000), projectId, version: 1 }));
    expect(await createForBot(table, stored, [])).toEqual(isCommitted);
    const after = queue(stored.chat, TO_LINE_1, later(minute));
    expect(await saveChange(table, { before: stored, after }, [])).toEqual(isCommitted);
    return { ...stored, chat: after };
  };

  test('finds each project with queued chats once, beside all else, and no project twice for its chats', async () => {
    // Ids that are each other's beginning must not hide each other.
    const projects = ['a', 'a-1', 'a_1', 'a1', 'b'] as ProjectId[];
    for (const projectId of projects) for (const minute of [3, 1, 2]) await begun(projectId, minute);
    await join(9);
    await scheduled('ada', NOW);
    const { findings, isTimerDue } = await findWork(table, NOW);
    const found = findings.map(({ kind, projectId }) => `${kind} ${projectId}`).sort();
    expect(found).toEqual(['line acme', ...projects.map(projectId => `queue ${projectId}`)].sort());
    expect(isTimerDue).toBe(true);
    expect([...(await findQueues(table))].sort()).toEqual([...projects].sort());
  });

  test('finds queues with one query where there are none, and one more for each project, whatever else is there', async () => {
    await join(9);
    await scheduled('ada', NOW);
    const door = openDoor();
    expect(await findQueues(door.through(table))).toEqual([]);
    expect(door.calls.map(({ name }) => name)).toEqual(['Query']);
    for (const minute of [1, 2, 3]) await begun(ACME, minute);
    expect(await findQueues(door.through(table))).toEqual([ACME]);
    expect(door.calls).toHaveLength(3);
  });

  test('finds a queue no more when nothing is left in it that a run could decide about', async () => {
    const before = await begun();
    const charge = { agentId: ADA.id, reason: null, forced: false, decisionId: null, weight: 1 };
    const after = assign(before.chat as BotChat, { ...charge, method: 'transfer' }, NOW);
    await saveChange(table, { before, after }, []);
    expect([await findQueues(table), await findWork(table, NOW)]).toEqual([[], NOTHING]);
  });
}
