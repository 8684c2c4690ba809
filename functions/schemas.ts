import * as z from 'zod';
import { MAX_LOAD_DEFAULT, RECEPTION_WEIGHT_DEFAULT, STATUS_REASONS, STATUSES } from '../domain/agent.ts';
import type { AgentId, ChannelId, ChatId, GroupId, ProjectId, VisitorId } from '../domain/brands.ts';
import { ASSIGNMENT_METHODS, CHAT_STATES, CLOSED_AS } from '../domain/chat.ts';
import { FINDING_CODES } from '../domain/check.ts';
import { DECISION_OUTCOMES, READINGS, STEP_NAMES, TRIGGERS, WHY_CODES } from '../domain/decision.ts';
import { MESSAGE_SENDERS } from '../domain/message.ts';
import { FALLBACKS, POLICY_NAMES, RETURNING_POLICY_NAMES } from '../domain/policies.ts';
import { DAYS } from '../domain/schedule.ts';
import { BOUNDS } from './bounds.ts';
import { PROBLEMS, type ProblemCode } from './edge/problems.ts';

/** Schemas of everything that crosses the HTTP edge. Requests refuse unknown fields; answers are what tests hold us to. */

// Ids: those the caller chooses, and ours.
const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/);
const ulid = '[0-9a-hjkmnp-tv-z]{26}';
export const projectId = slug.transform(id => id as ProjectId);
export const agentId = slug.transform(id => id as AgentId);
export const groupId = slug.transform(id => id as GroupId);
export const channelId = slug.transform(id => id as ChannelId);
export const chatId = z
  .string()
  .regex(new RegExp(`^chat_${ulid}$`))
  .transform(id => id as ChatId);
export const visitorId = z
  .string()
  .regex(new RegExp(`^vis_${ulid}$`))
  .transform(id => id as VisitorId);

// Small things.
/** The table refuses half a character, so the edge does. */
const text = z.string().refine(isWellFormed, 'not well-formed Unicode');
const name = text.trim().min(1).max(BOUNDS.nameLengthMax);
const shortText = text.max(BOUNDS.visitorAttributeLengthMax);
const minutes = z.int().min(0).max(BOUNDS.minutesMax);
const timeZone = z.string().max(BOUNDS.nameLengthMax).refine(isTimeZone, 'not an IANA time zone');
const origin = z
  .string()
  .max(BOUNDS.nameLengthMax)
  .refine(isOrigin, 'not an origin such as https://shop.example');
const instant = z.iso.datetime({ precision: 3 });
const count = z.int().min(0);

/** Names that every object has, `constructor` for one, cannot be told from them when the row is written. */
function isOwnName(key: string): boolean {
  return !(key in Object.prototype);
}

function isWellFormed(string: string): boolean {
  return string.isWellFormed();
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

/** A bare offset is none, though Intl knows it: it need not begin its days on a quarter of an hour. */
function isTimeZone(zone: string): boolean {
  if (!/^[a-z]/i.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

// Requests.
export const visitorBody = z.strictObject({
  name: name.optional(),
  attributes: z
    .record(text.min(1).max(BOUNDS.idLengthMax).refine(isOwnName, 'not a name to use'), shortText)
    .refine(
      all => Object.keys(all).length <= BOUNDS.visitorAttributesMax,
      `more than ${BOUNDS.visitorAttributesMax} attributes`,
    )
    .meta({ maxProperties: BOUNDS.visitorAttributesMax })
    .optional(),
});

export const startBody = z.strictObject({
  channelId,
  groupId: groupId.nullish(),
  visitor: visitorBody.optional(),
  message: text.max(BOUNDS.messageLengthMax).regex(/\S/, 'nothing but blanks').optional(),
  /** A bot talks with the visitor first; a bot that starts a chat begins so anyway. */
  startWith: z.literal('bot').optional(),
});

export const messageBody = z.strictObject({
  text: text.max(BOUNDS.messageLengthMax).regex(/\S/, 'nothing but blanks'),
});

export const initiateBody = z.strictObject({
  channelId,
  visitorId: visitorId.optional(),
  visitor: visitorBody.optional(),
});

export const transferBody = z.strictObject({
  to: z.union([z.strictObject({ agentId }), z.strictObject({ groupId })]),
  reason: text.trim().min(1).max(BOUNDS.reasonLengthMax).nullish(),
});

/** `ready` is seed 000's word for online. */
export const statusBody = z.strictObject({
  status: z.enum([...STATUSES, 'ready']).transform(status => (status === 'ready' ? 'online' : status)),
});

/** Null = the policy's own fallback. */
const onNobody = z.enum(FALLBACKS).nullable().default(null);
const rule = z.strictObject({ policy: z.enum(POLICY_NAMES), onNobody });
const returningRule = z.strictObject({ policy: z.enum(RETURNING_POLICY_NAMES), onNobody });

export const settingsBody = z.strictObject({
  timeZone: timeZone.default('UTC'),
  automaticAllocation: z.boolean().default(true),
  newVisitors: rule.default({ policy: 'queue-position', onNobody: null }),
  returningVisitors: returningRule.nullable().default(null),
  acceptWithinLimit: z.boolean().default(false),
  transferRequiresOnline: z.boolean().default(false),
  distribution: z
    .strictObject({
      frequencySeconds: z.int().min(0).max(86_400).default(0),
      quantity: z.int().min(0).max(10_000).default(0),
    })
    .default({ frequencySeconds: 0, quantity: 0 }),
  changeAgentMinutes: minutes.default(0),
  changeAgentMaxMoves: z.int().min(0).max(100).default(3),
  closeAfterLastMessageMinutes: minutes.default(0),
  presenceTimeoutSeconds: z.int().min(10).max(86_400).default(90),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time of day such as 09:30');
/** `to` before `from` runs past midnight. */
const hours = z
  .strictObject({
    days: z.array(z.enum(DAYS)).min(1).max(DAYS.length).transform(unique),
    from: timeOfDay,
    to: z.union([timeOfDay, z.literal('24:00')]),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same; a whole day is 00:00 to 24:00');
/** Without hours the agent never goes online by it. */
const schedule = z.strictObject({ timeZone, hours: z.array(hours).max(BOUNDS.scheduleHoursMax) });

const cardShape = {
  active: z.boolean(),
  groups: z.array(groupId).max(BOUNDS.groupsPerAgentMax).transform(unique),
  channels: z.array(channelId).max(BOUNDS.channelsPerAgentMax).transform(unique).nullable(),
  maxLoad: z.int().min(0).max(BOUNDS.loadMax).nullable(),
  receptionWeight: z.int().min(0).max(1_000),
  schedule: schedule.nullable(),
};

export const agentBody = z.strictObject({
  name,
  active: cardShape.active.default(true),
  groups: cardShape.groups.default([]),
  channels: cardShape.channels.default(null),
  maxLoad: cardShape.maxLoad.default(MAX_LOAD_DEFAULT),
  receptionWeight: cardShape.receptionWeight.default(RECEPTION_WEIGHT_DEFAULT),
  memberOrder: z.int().min(0).max(1_000_000).optional(),
  schedule: cardShape.schedule.default(null),
});

export const editAgentsBody = z.strictObject({
  agentIds: z.union([z.literal('all'), z.array(agentId).min(1).max(BOUNDS.bulkAgentsMax).transform(unique)]),
  set: z
    .strictObject(cardShape)
    .partial()
    .refine(set => Object.keys(set).length > 0, 'nothing to set'),
});

export const groupBody = z.strictObject({
  name,
  queuePosition: z.int().min(0).max(BOUNDS.queuePositionMax),
  primary: z.boolean().optional(),
});

export const channelBody = z.strictObject({
  name,
  weight: z.int().min(1).max(BOUNDS.channelWeightMax).default(1),
});

export const projectBody = z.strictObject({
  name,
  timeZone: timeZone.optional(),
  allowedOrigins: z.array(origin).max(BOUNDS.allowedOriginsMax).optional(),
});

export const systemSettingsBody = z.strictObject({
  routingFrequencySeconds: z.int().min(0).max(86_400).default(0),
  routingQueueSize: z.int().min(0).max(10_000).default(0),
});

export const explainBody = z.union([
  z.strictObject({ chatId }),
  z.strictObject({ channelId, groupId: groupId.nullish(), visitorId: visitorId.optional() }),
]);

// Queries.
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(BOUNDS.pageItemsMax))
    .default(BOUNDS.pageItemsDefault),
  cursor: z.string().max(200).optional(),
});
/** `after`: the id of the last message that was read. */
export const messagesQuery = z.strictObject({ ...pageQuery.shape, after: z.string().max(100).optional() });
export const chatsQuery = z.strictObject({
  ...pageQuery.shape,
  state: z.enum(CHAT_STATES).optional(),
  agentId: agentId.optional(),
  groupId: groupId.optional(),
});
export const noQuery = z.strictObject({});

// Answers.
/** What became of one agent in a bulk edit. */
export const EDIT_OUTCOMES = ['updated', 'unchanged', 'not-found', 'refused'] as const;
const assignmentView = z.strictObject({
  agentId: slug,
  method: z.enum(ASSIGNMENT_METHODS),
  at: instant,
  reason: z.string().nullable(),
  forced: z.boolean(),
  decisionId: z.string().nullable(),
  /** When it had been queued for its group; only where the job gave it out. */
  createdOn: instant.nullable(),
});
const transferView = {
  groupId: slug,
  reason: z.string().nullable(),
  isBotTransfer: z.boolean(),
  createdOn: instant,
};

export const staffChatView = z
  .strictObject({
    id: z.string(),
    projectId: slug,
    state: z.enum(CHAT_STATES),
    channelId: slug,
    groupId: slug.nullable(),
    visitorId: z.string(),
    visitor: z.strictObject({
      name: z.string().optional(),
      attributes: z.record(z.string(), z.string()).optional(),
    }),
    returning: z.boolean(),
    agentId: slug.nullable(),
    weight: count.nullable(),
    forced: z.boolean(),
    offeredTo: z
      .strictObject({
        scope: z.enum(['team', 'group']),
        groupId: slug.nullable(),
        agentIds: z.array(slug),
      })
      .nullable(),
    /** While it is queued for a group. */
    transfer: z.strictObject(transferView).nullable(),
    createdAt: instant,
    waitingSince: instant.nullable(),
    assignedAt: instant.nullable(),
    closedAt: instant.nullable(),
    closedAs: z.enum(CLOSED_AS).nullable(),
    lastMessageAt: instant.nullable(),
    lastMessageFrom: z.enum(MESSAGE_SENDERS).nullable(),
    assignments: z.array(assignmentView),
    version: count,
  })
  .meta({ id: 'Chat' });

export const visitorChatView = z
  .strictObject({
    id: z.string(),
    state: z.enum(CHAT_STATES),
    channelId: slug,
    createdAt: instant,
    waitingSince: instant.nullable(),
    assignedAt: instant.nullable(),
    closedAt: instant.nullable(),
    lastMessageAt: instant.nullable(),
    agent: z.strictObject({ name: z.string() }).nullable(),
    /** Only while waiting; 1 = next. */
    position: z.int().min(1).optional(),
    /** Only while waiting; null = not known. */
    estimatedWaitSeconds: z.number().nullable().optional(),
  })
  .meta({ id: 'ChatForVisitor' });

const chatView = z.union([staffChatView, visitorChatView]);
export const startAnswer = z.strictObject({ chat: chatView, visitorToken: z.string() });
export const renewedToken = z.strictObject({ visitorToken: z.string(), endsAt: instant });
export const acceptAnswer = z.strictObject({
  chat: staffChatView,
  outcome: z.enum(['accepted', 'already-yours']),
});
export const closeAnswer = z.strictObject({ chat: chatView, outcome: z.literal('closed') });

export const messageView = z
  .strictObject({
    id: z.string(),
    chatId: z.string(),
    from: z.enum(MESSAGE_SENDERS),
    /** Which agent wrote it; visitors are not told. */
    agentId: slug.nullable().optional(),
    text: z.string(),
    at: instant,
  })
  .meta({ id: 'Message' });
export const holdAnswer = z.strictObject({
  chat: staffChatView,
  outcome: z.enum(['held', 'already-held']),
});
export const resumeAnswer = z.strictObject({
  chat: staffChatView,
  outcome: z.enum(['resumed', 'already-open']),
});
export const initiateAnswer = z.strictObject({
  chat: staffChatView,
  outcome: z.enum(['started', 'already-there']),
});
export const transferAnswer = z.strictObject({
  chat: staffChatView,
  outcome: z.enum(['transferred', 'already-there']),
});
export const queuedAnswer = z.strictObject({
  chat: staffChatView,
  /** `waiting`: nobody of the group was there for the chat of a bot, which goes on waiting in the group. */
  outcome: z.enum(['queued', 'waiting']),
});

const card = {
  id: slug,
  projectId: slug,
  name: z.string(),
  active: z.boolean(),
  groups: z.array(slug),
  channels: z.array(slug).nullable(),
  maxLoad: count.nullable(),
  receptionWeight: count,
  memberOrder: count,
  schedule: z
    .strictObject({
      timeZone: z.string(),
      hours: z.array(z.strictObject({ days: z.array(z.enum(DAYS)), from: z.string(), to: z.string() })),
    })
    .nullable(),
};
export const agentView = z
  .strictObject({
    ...card,
    queuePosition: count.nullable(),
    status: z.enum(STATUSES),
    statusSince: instant,
    statusReason: z.enum(STATUS_REASONS),
    load: count,
    openChats: count,
    heldChats: count,
    vacancy: z.int().nullable(),
    /** When the schedule's hours next begin or end. */
    nextEdgeAt: instant.nullable(),
    lastClosedAt: instant.nullable(),
    missedChats: count,
    etag: z.string(),
  })
  .meta({ id: 'Agent' });
export const groupView = z
  .strictObject({
    id: slug,
    name: z.string(),
    queuePosition: count,
    primary: z.boolean(),
    etag: z.string(),
  })
  .meta({ id: 'Group' });
export const channelView = z
  .strictObject({ id: slug, name: z.string(), weight: count, etag: z.string() })
  .meta({ id: 'Channel' });
export const projectView = z
  .strictObject({
    id: slug,
    name: z.string(),
    timeZone: z.string(),
    allowedOrigins: z.array(z.string()),
    widgetKey: z.string(),
  })
  .meta({ id: 'Project' });

const sourced = z.strictObject({ value: count, source: z.enum(['project', 'system', 'default']) });
const ruleView = z.strictObject({ policy: z.enum(POLICY_NAMES), onNobody: z.enum(FALLBACKS).nullable() });
const returningRuleView = ruleView.extend({ policy: z.enum(RETURNING_POLICY_NAMES) });
const effectiveRule = z.strictObject({
  policy: z.strictObject({
    value: z.enum(RETURNING_POLICY_NAMES),
    source: z.enum(['newVisitors', 'returningVisitors']),
  }),
  onNobody: z.strictObject({ value: z.enum(FALLBACKS), source: z.enum(['project', 'policy']) }),
});
export const settingsView = z
  .strictObject({
    timeZone: z.string(),
    automaticAllocation: z.boolean(),
    newVisitors: ruleView,
    returningVisitors: returningRuleView.nullable(),
    acceptWithinLimit: z.boolean(),
    transferRequiresOnline: z.boolean(),
    distribution: z.strictObject({ frequencySeconds: count, quantity: count }),
    changeAgentMinutes: count,
    changeAgentMaxMoves: count,
    closeAfterLastMessageMinutes: count,
    presenceTimeoutSeconds: count,
    effective: z.strictObject({
      newVisitors: effectiveRule,
      returningVisitors: effectiveRule,
      distribution: z.strictObject({ frequencySeconds: sourced, quantity: sourced }),
    }),
  })
  .meta({ id: 'Settings' });
export const jobView = z
  .strictObject({
    running: z.boolean(),
    frequencySeconds: sourced,
    quantity: sourced,
    queued: count,
    lastRun: z
      .strictObject({
        at: instant,
        /** Chats that were looked at: the sum of the next four. */
        read: count,
        distributed: count,
        notDistributed: count,
        held: count,
        purged: count,
        /** Why some were not distributed, with how many. */
        because: z.partialRecord(z.enum(DECISION_OUTCOMES), count),
        tookMs: count,
      })
      .nullable(),
  })
  .meta({ id: 'Job' });
export const queuedView = z
  .strictObject({ chatId: z.string(), ...transferView, held: z.boolean() })
  .meta({ id: 'QueuedTransfer' });

const seconds = count.nullable();
const ofStatus = z.strictObject({ agents: count, openChats: count, heldChats: count, load: count });
/** What the board counts. */
export const boardFigures = z.strictObject({
  /** Active agents by status. */
  agents: z.strictObject({ online: ofStatus, busy: ofStatus, rest: ofStatus, offline: ofStatus }),
  waiting: z.strictObject({ count, oldestSince: instant.nullable() }),
  offered: count,
  queued: count,
  /** Chats that got their first agent. */
  assignments: z.strictObject({ lastMinute: count, lastHour: count }),
  /** From the start of a chat to its first agent, in the last hour, where no bot had it first. */
  timeToAssign: z.strictObject({ p50Seconds: seconds, p95Seconds: seconds }),
  /** What visitors were told when they began to wait, against what came true in the last hour. */
  estimates: z.strictObject({ told: count, errorP50Seconds: seconds, errorP95Seconds: seconds }),
});
export const boardView = z.strictObject({ at: instant, ...boardFigures.shape }).meta({ id: 'Board' });

export const systemSettingsView = z
  .strictObject({ routingFrequencySeconds: count, routingQueueSize: count })
  .meta({ id: 'SystemSettings' });

export const decisionView = z
  .strictObject({
    id: z.string().nullable(),
    chatId: z.string().nullable(),
    at: instant,
    trigger: z.enum(TRIGGERS),
    policy: z.enum(RETURNING_POLICY_NAMES),
    settingsVersion: count,
    /** How much of the team was read; in `rank-order` who is not listed was not available or ranks behind. */
    reading: z.enum(READINGS),
    steps: z.array(
      z.strictObject({
        name: z.enum(STEP_NAMES),
        rule: z.string(),
        in: count,
        out: count,
        excluded: z.array(z.strictObject({ agentId: slug, why: z.enum(WHY_CODES) })),
        excludedMore: count,
        /** Only in a dry run: the step as a plain sentence. */
        text: z.string().optional(),
      }),
    ),
    considered: z.array(
      z.strictObject({
        agentId: slug,
        rank: z.int().min(1),
        queuePosition: count.nullable(),
        openChats: count,
        vacancy: z.int().nullable(),
        lastClosedAt: instant.nullable(),
        /** What else the policy ranks by; only where it does. */
        memberOrder: count.optional(),
        receptionWeight: count.optional(),
        closedToday: count.optional(),
        closedIn30Days: count.optional(),
      }),
    ),
    consideredMore: count,
    winner: slug.nullable(),
    decidedBy: z.enum(STEP_NAMES),
    outcome: z.enum(DECISION_OUTCOMES),
    /** Why it was offered and not given to somebody; null where the policy offers every chat. */
    offeredBecause: z.enum(DECISION_OUTCOMES).nullable(),
    attempts: count,
    tookMs: count,
    /** Only in a dry run that chooses nobody: what happens, as a plain sentence. */
    text: z.string().optional(),
  })
  .meta({ id: 'Decision' });

export const editAgentsAnswer = z.strictObject({
  results: z.array(
    z.strictObject({
      agentId: slug,
      outcome: z.enum(EDIT_OUTCOMES),
      errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    }),
  ),
});

export const checkAnswer = z.strictObject({
  findings: z.array(
    z.strictObject({ code: z.enum(FINDING_CODES), text: z.string(), ids: z.array(z.string()) }),
  ),
});

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

export const problemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
