import * as z from 'zod';

/** The settings a function reads from its environment: the stack writes these names, `wire` parses them. */
export const ENVIRONMENT = {
  tableName: 'USHER_TABLE',
  searchQueueUrl: 'USHER_SEARCH_QUEUE_URL',
  eventBusName: 'USHER_EVENT_BUS',
  unreadableQueueUrl: 'USHER_UNREADABLE_QUEUE_URL',
  jobRule: 'USHER_JOB_RULE',
  tokenIssuer: 'USHER_TOKEN_ISSUER',
  tokenAudience: 'USHER_TOKEN_AUDIENCE',
  /** Only with an edge in front. */
  edgeSecret: 'USHER_EDGE_SECRET',
} as const;

/** The header in which the edge shows its secret. */
export const EDGE_HEADER = 'x-usher-edge';

export type EnvironmentName = (typeof ENVIRONMENT)[keyof typeof ENVIRONMENT];

const required = z.string().min(1);

const schemas = {
  USHER_TABLE: required,
  USHER_SEARCH_QUEUE_URL: z.url(),
  USHER_EVENT_BUS: required,
  USHER_UNREADABLE_QUEUE_URL: z.url(),
  USHER_JOB_RULE: required,
  USHER_TOKEN_ISSUER: z.url(),
  USHER_TOKEN_AUDIENCE: required,
  USHER_EDGE_SECRET: z.string().min(32),
} satisfies Record<EnvironmentName, z.ZodType>;

/** Reads one setting. Throws, naming the variable, when it is missing or malformed: a function without it must not start. */
export function readEnvironment(name: EnvironmentName, env: Record<string, string | undefined>): string {
  const parsed = schemas[name].safeParse(env[name]);
  if (!parsed.success) throw new Error(`Environment variable ${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
