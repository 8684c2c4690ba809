import type { HttpFunction } from '../functions/routes.ts';

/** The Lambdas that no HTTP request reaches. */
const BACKGROUND_FUNCTIONS = ['search', 'minute', 'job-minute', 'publish'] as const;
export type FunctionName = HttpFunction | (typeof BACKGROUND_FUNCTIONS)[number];

export type FunctionShape = {
  /** Exports `handler`; relative to the root of the repository. */
  readonly entry: string;
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** Reserved for it, and no more than that run at once. */
  readonly executionsAtOnceMax?: number;
};

/** Half of the 30 s after which the gateway hangs up: the caller gets an answer of ours, not a bare 503. */
const HTTP_TIMEOUT_SECONDS = 15;
/** Memory buys processor time: at 1,024 MB a cold start is about half of what it is at 512 MB. */
const HTTP_MEMORY_MEGABYTES = 1024;
/** One whole processor: matching the waiting line against a roster of 10,000 is computing, not waiting. */
const WORKER_MEMORY_MEGABYTES = 1769;

const overHttp = { memoryMegabytes: HTTP_MEMORY_MEGABYTES, timeoutSeconds: HTTP_TIMEOUT_SECONDS } as const;

/**
 * Every Lambda of the stack. Only the worker has reserved concurrency, which is a ceiling as well: a burst of requests
 * must not meet one of ours, nor take the worker's place, for what it frees lets the burst drain.
 */
export const FUNCTIONS = {
  'start-chat': {
    ...overHttp,
    entry: 'functions/http/start-chat.ts',
    description: 'Starts a chat and gives it to an agent',
  },
  chats: { ...overHttp, entry: 'functions/http/chats.ts', description: 'Reads chats and acts on them' },
  agents: {
    ...overHttp,
    entry: 'functions/http/agents.ts',
    description: 'Reads agents and sets their status',
  },
  admin: { ...overHttp, entry: 'functions/http/admin.ts', description: 'Operators adjust settings' },
  projects: { ...overHttp, entry: 'functions/http/projects.ts', description: 'Owners keep projects' },
  search: {
    entry: 'functions/queue/search.ts',
    description: 'Gives waiting chats to the agents that became available, and runs the job of the groups',
    memoryMegabytes: WORKER_MEMORY_MEGABYTES,
    timeoutSeconds: 60,
    // One worker per project holds the line at a time, the others only leave a mark for it, so this bounds how many
    // projects are searched at once, not how fast one is.
    executionsAtOnceMax: 20,
  },
  minute: {
    entry: 'functions/scheduled/minute.ts',
    description: 'Every minute: arms the searches that fall into it and looks after what time alone changes',
    memoryMegabytes: 1024,
    timeoutSeconds: 55,
  },
  'job-minute': {
    entry: 'functions/scheduled/job-minute.ts',
    description: "Every minute while a group distribution job is on: arms the minute's runs",
    memoryMegabytes: 512,
    timeoutSeconds: 55,
  },
  publish: {
    entry: 'functions/stream/publish.ts',
    description: 'Puts every change of a chat or an agent on the event bus',
    memoryMegabytes: 512,
    timeoutSeconds: 30,
  },
} as const satisfies Record<FunctionName, FunctionShape>;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];
