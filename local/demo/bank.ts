import { nothingRead, projectAnswer, tokenAnswer } from './answers.ts';
import type { Connection, Credential } from './connection.ts';
import { CHANNELS, LINES, TEAM, type TeamMember } from './team.ts';

/** The bank as a project of its own: who may call it, and as whom. */
export type Bank = {
  readonly path: string;
  readonly operator: Credential;
  /** What the page of the bank that customers write from sends along. */
  readonly page: Credential;
  readonly agent: (agentId: string) => Credential;
};

const PROJECT_ID = 'bank-day';
const ORIGIN = 'https://bank.example';

/** Sets up the project through the API: channels with weights, two lines, the team; everybody still offline. */
export async function openBank(connection: Connection): Promise<Bank> {
  const path = `/v1/projects/${PROJECT_ID}`;
  const owner = await tokenFor(connection, { role: 'owner' });
  const project = await connection.call(
    {
      method: 'PUT',
      path,
      as: owner,
      body: { name: 'A recorded day of a bank', allowedOrigins: [ORIGIN] },
    },
    projectAnswer,
  );
  const operator = await tokenFor(connection, { role: 'operator', projectId: PROJECT_ID });
  const put = (where: string, body: unknown) =>
    connection.call({ method: 'PUT', path: `${path}/admin/${where}`, as: operator, body }, nothingRead);

  for (const { id, name, weight } of Object.values(CHANNELS)) await put(`channels/${id}`, { name, weight });
  for (const { id, name, queuePosition } of LINES) await put(`groups/${id}`, { name, queuePosition });
  const agents = new Map<string, Credential>();
  for (const member of TEAM) {
    await put(`agents/${member.id}`, cardOf(member));
    const token = await tokenFor(connection, { role: 'agent', projectId: PROJECT_ID, agentId: member.id });
    agents.set(member.id, token);
  }
  return {
    path,
    operator,
    page: { key: project.body.widgetKey, origin: ORIGIN },
    agent: id => agents.get(id) ?? null,
  };
}

/** The name is the id, since a visitor sees only the name and the demo plays both sides. */
function cardOf({ id, line, channels, maxLoad }: TeamMember) {
  return { name: id, groups: [line], channels, maxLoad };
}

async function tokenFor(connection: Connection, whom: Record<string, string>): Promise<Credential> {
  const { body } = await connection.call(
    { method: 'POST', path: '/local/token', as: null, body: whom },
    tokenAnswer,
  );
  return { token: body.token };
}
