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
  /** Starts from outside in each minute; without them as many are let in as come. */
  startsPerAddress: 'USHER_STARTS_PER_ADDRESS',
  startsPerProject: 'USHER_STARTS_PER_PROJECT',
} as const;

/** The header in which the edge shows its secret. */
export const EDGE_HEADER = 'x-usher-edge';

export type EnvironmentName = (typeof ENVIRONMENT)[keyof typeof ENVIRONMENT];

const required = z.string().min(1);
const count = z.string().regex(/^[1-9]\d{0,8}$/, 'a whole number from 1 on');

const schemas = {
  USHER_TABLE: required,
  USHER_SEARCH_QUEUE_URL: z.url(),
  USHER_EVENT_BUS: required,
  USHER_UNREADABLE_QUEUE_URL: z.url(),
  USHER_JOB_RULE: required,
  USHER_TOKEN_ISSUER: z.url(),
  USHER_TOKEN_AUDIENCE: required,
  USHER_EDGE_SECRET: z.string().min(32),
  USHER_STARTS_PER_ADDRESS: count,
  USHER_STARTS_PER_PROJECT: count,
} satisfies Record<EnvironmentName, z.ZodType>;

/** Reads one setting. Throws, naming the variable, when it is missing or malformed: a function without it must not start. */
export function readEnvironment(name: EnvironmentName, env: Record<string, string | undefined>): string {
  const parsed = schemas[name].safeParse(env[name]);
  if (!parsed.success) throw new Error(`Environment variable ${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
