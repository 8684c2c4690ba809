import type { RouteName } from '../functions/routes.ts';

/** Requests per second, and how many at once after a quiet moment. */
type Throttle = { readonly rateLimit: number; readonly burstLimit: number };

/** The most that any route takes: a bill and a table have limits, callers do not. */
export const STAGE_THROTTLE: Throttle = { rateLimit: 1000, burstLimit: 2000 };

/**
 * By what a request costs and how often it can be meant, for the whole deployment; how much of that one project or one
 * caller may take is for the functions. A refused request costs nothing and gets a 429.
 */
const THROTTLES = {
  /** A new on-demand table takes 4,000 write units a second and a start writes eight. */
  start: { rateLimit: 500, burstLimit: 1000 },
  /** Few read units; pages ask again and again. */
  read: { rateLimit: 800, burstLimit: 1600 },
  /** What people and bots do in chats, from one write unit to a dozen; also 10,000 agents with a heartbeat in 20 s. */
  verb: { rateLimit: 500, burstLimit: 1000 },
  /** Operators type these. One can reach every member of a group and have the whole line searched. */
  adminWrite: { rateLimit: 50, burstLimit: 100 },
  /** Reads or changes a whole team in one request, for seconds if that is large. */
  wholeTeam: { rateLimit: 20, burstLimit: 40 },
} as const satisfies Record<string, Throttle>;

/** A new route does not compile until it says here what it is. */
const KIND_OF = {
  startChat: 'start',
  initiateChat: 'start',
  listChats: 'read',
  readChat: 'read',
  acceptChat: 'verb',
  holdChat: 'verb',
  resumeChat: 'verb',
  transferChat: 'verb',
  closeChat: 'verb',
  postMessage: 'verb',
  listMessages: 'read',
  renewToken: 'verb',
  listDecisions: 'read',
  listAgents: 'read',
  readAgent: 'read',
  setStatus: 'verb',
  heartbeat: 'verb',
  readSettings: 'read',
  replaceSettings: 'adminWrite',
  listAgentCards: 'read',
  readAgentCard: 'read',
  replaceAgent: 'adminWrite',
  editAgents: 'wholeTeam',
  deleteAgent: 'adminWrite',
  listGroups: 'read',
  replaceGroup: 'adminWrite',
  deleteGroup: 'adminWrite',
  listChannels: 'read',
  replaceChannel: 'adminWrite',
  deleteChannel: 'adminWrite',
  revokeToken: 'adminWrite',
  readJob: 'read',
  startJob: 'adminWrite',
  stopJob: 'adminWrite',
  runJob: 'wholeTeam',
  listQueue: 'read',
  readBoard: 'read',
  explain: 'wholeTeam',
  check: 'wholeTeam',
  listProjects: 'read',
  replaceProject: 'adminWrite',
  readSystemSettings: 'read',
  replaceSystemSettings: 'adminWrite',
} as const satisfies Record<RouteName, keyof typeof THROTTLES>;

export function throttleOf(name: RouteName): Throttle {
  return THROTTLES[KIND_OF[name]];
}
