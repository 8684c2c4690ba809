import * as z from 'zod';

/** The command line gives strings, cdk.json may say it as it is. */
const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);

const perMinute = z.coerce.number().int().min(1).max(1_000_000);

/** Context names; the command line gives strings. */
const context = z
  .object({
    /** Short, because it becomes part of a Cognito domain prefix (63 characters, with the account in it). */
    stage: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/)
      .nullable(),
    alarmEmail: z.email().nullable(),
    consoleUrl: z.url(),
    tokenIssuer: z.url({ protocol: /^https$/ }).nullable(),
    tokenAudience: z.string().min(1).nullable(),
    reserveWorker: flag,
    startsPerAddress: perMinute,
    startsPerProject: perMinute,
    edge: flag,
    edgeDomain: z.hostname().nullable(),
    /** CloudFront takes certificates of this region only. */
    edgeCertificate: z
      .string()
      .regex(/^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\/[\w-]+$/)
      .nullable(),
  })
  .refine(given => (given.tokenIssuer === null) === (given.tokenAudience === null), {
    error: 'tokenIssuer and tokenAudience go together: set both, or neither for a Cognito user pool',
  })
  .refine(given => (given.edgeDomain === null) === (given.edgeCertificate === null), {
    error: 'edgeDomain and edgeCertificate go together: set both, or neither for a name of CloudFront',
  })
  .refine(given => given.edge || given.edgeDomain === null, {
    error: 'edgeDomain is the name of the edge: set edge=true as well',
  });

/** What may differ between two deployments of the stack. */
export type UsherOptions = Readonly<z.infer<typeof context>>;

/** Cognito allows plain http for localhost only; there the console of `npm start` answers. */
const CONSOLE_ON_A_LAPTOP = 'http://localhost:4310/';

/** Reads the options from the CDK context. Throws, naming the option, when one is malformed. */
export function readOptions(contextValue: (name: string) => unknown): UsherOptions {
  const parsed = context.safeParse({
    stage: contextValue('stage') ?? null,
    alarmEmail: contextValue('alarmEmail') ?? null,
    consoleUrl: contextValue('consoleUrl') ?? CONSOLE_ON_A_LAPTOP,
    tokenIssuer: contextValue('tokenIssuer') ?? null,
    tokenAudience: contextValue('tokenAudience') ?? null,
    reserveWorker: contextValue('reserveWorker') ?? true,
    startsPerAddress: contextValue('startsPerAddress') ?? 60,
    startsPerProject: contextValue('startsPerProject') ?? 3_000,
    edge: contextValue('edge') ?? false,
    edgeDomain: contextValue('edgeDomain') ?? null,
    edgeCertificate: contextValue('edgeCertificate') ?? null,
  });
  if (!parsed.success) throw new Error(`CDK context (-c name=value): ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The prefix of the few names that must be fixed: `usher`, or `usher-{stage}` for a throw-away copy. */
export function deploymentName(options: UsherOptions): string {
  return options.stage === null ? 'usher' : `usher-${options.stage}`;
}
