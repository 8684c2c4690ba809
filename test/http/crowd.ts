import type { AgentGiven, Project } from './project.ts';

const AT_ONCE = 25;

/** So many agents, `agent-0000` the first; each with this card. New agents are offline unless told otherwise. */
export async function crowd(
  { must, setStatus }: Project,
  count: number,
  { status, ...card }: AgentGiven = {},
): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) => `agent-${String(index).padStart(4, '0')}`);
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    await Promise.all(
      some.map(async (agentId, index) => {
        // Said, so that the team need not be read to find who is last.
        const body = { name: agentId, memberOrder: from + index, ...card };
        await must('replaceAgent', { params: { agentId }, body });
        if (status !== undefined && status !== 'offline') await setStatus(agentId, status);
      }),
    );
  }
  return ids;
}
