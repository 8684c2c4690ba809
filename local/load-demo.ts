import * as z from 'zod';
import { DEMO_AGENTS, DEMO_CHANNELS, DEMO_GROUPS, DEMO_PROJECT } from './demo-team.ts';
import type { JsonFile } from './storage/json-file.ts';

const PROJECT_PATH = `/v1/projects/${DEMO_PROJECT}`;

export type DemoProject = { readonly widgetKey: string };

const projectAnswer = z.object({ widgetKey: z.string(), allowedOrigins: z.array(z.string()) });
const projectsAnswer = z.object({
  items: z.array(projectAnswer.extend({ id: z.string(), name: z.string() })),
});

/** Says that a loading has begun and not come to its end; the next start takes it up again. */
export type Unfinished = JsonFile<boolean>;

/** Loads the demo team through the public API, unless the project is there already. */
export async function loadDemo(
  url: string,
  ownerToken: string,
  origins: readonly string[],
  unfinished: Unfinished,
): Promise<DemoProject> {
  const api = connect(url, ownerToken);
  const found = await findProject(api);
  if (found !== null && unfinished.read() !== true) return keepOrigins(api, found, origins);

  unfinished.write(true);
  const project = await api('PUT', PROJECT_PATH, { name: 'Demo', allowedOrigins: origins });
  for (const [id, channel] of Object.entries(DEMO_CHANNELS)) {
    await api('PUT', `${PROJECT_PATH}/admin/channels/${id}`, channel);
  }
  for (const [id, group] of Object.entries(DEMO_GROUPS)) {
    await api('PUT', `${PROJECT_PATH}/admin/groups/${id}`, group);
  }
  for (const [index, [id, { status, ...card }]] of Object.entries(DEMO_AGENTS).entries()) {
    await api('PUT', `${PROJECT_PATH}/admin/agents/${id}`, { ...card, memberOrder: index + 1 });
    if (status !== null) await api('PUT', `${PROJECT_PATH}/agents/${id}/status`, { status });
  }
  unfinished.write(false);
  return projectAnswer.parse(project);
}

type FoundProject = z.infer<typeof projectsAnswer>['items'][number];

/** The port may have changed since the team was loaded, and with it the origin of the pages here. */
async function keepOrigins(api: Api, found: FoundProject, origins: readonly string[]): Promise<DemoProject> {
  const missing = origins.filter(origin => !found.allowedOrigins.includes(origin));
  if (missing.length > 0) {
    const allowedOrigins = [...found.allowedOrigins, ...missing];
    await api('PUT', PROJECT_PATH, { name: found.name, allowedOrigins });
  }
  return found;
}

async function findProject(api: Api): Promise<FoundProject | null> {
  const { items } = projectsAnswer.parse(await api('GET', '/v1/projects?limit=100', null));
  return items.find(({ id }) => id === DEMO_PROJECT) ?? null;
}

type Api = (method: 'GET' | 'PUT', path: string, body: unknown) => Promise<unknown>;

function connect(url: string, token: string): Api {
  return async (method, path, body) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== null && { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (response.ok) return JSON.parse(answer);
    throw new Error(`The demo team could not be loaded. ${method} ${path} was answered: ${answer}`);
  };
}
