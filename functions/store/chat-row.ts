import * as z from 'zod';
import type { AgentId, ChannelId, DecisionId, GroupId, Instant, VisitorId } from '../../domain/brands.ts';
import { ASSIGNMENT_METHODS, type Chat, CLOSED_AS } from '../../domain/chat.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Row } from './client.ts';
import { packDecision, unpackDecision } from './decision-row.ts';
import { chatKey, chatsInState, idsOfChat } from './keys.ts';

/** Of a visitor's token only its hash is kept, and until when it is good. */
export type StoredToken = { readonly hash: string; readonly endsAt: Instant };

/** A chat as stored: with its visitor's token and, in the same row, the decision taken at its start. */
export type StoredChat = {
  readonly chat: Chat;
  /** Null: nobody holds one; it was revoked, or an agent began the chat. */
  readonly token: StoredToken | null;
  readonly firstDecision: Decision | null;
};

const id = <T extends string>() => z.string().transform(text => text as T);
const instant = z.number().transform(at => at as Instant);
const orNull = <T extends z.ZodType>(type: T) => type.optional().transform(value => value ?? null);

/** Both stand in the partition's key, and are not said twice. */
const ids = z.object({ pk: z.string() }).transform(({ pk }) => {
  const { projectId, chatId } = idsOfChat(pk);
  return { id: chatId, projectId };
});

const common = {
  channelId: id<ChannelId>(),
  groupId: orNull(id<GroupId>()),
  asked: orNull(id<GroupId>()),
  visitorId: id<VisitorId>(),
  visitor: z
    .object({
      name: z.string().exactOptional(),
      attributes: z.record(z.string(), z.string()).exactOptional(),
    })
    .default({}),
  returning: z.boolean().default(false),
  lastServedBy: orNull(id<AgentId>()),
  assignments: z
    .array(
      z.object({
        agentId: id<AgentId>(),
        method: z.enum(ASSIGNMENT_METHODS),
        at: instant,
        reason: orNull(z.string()),
        forced: z.boolean().default(false),
        decisionId: orNull(id<DecisionId>()),
        createdOn: orNull(instant),
      }),
    )
    .default([]),
  createdAt: instant,
  transfer: orNull(
    z.object({
      groupId: id<GroupId>(),
      reason: orNull(z.string()),
      isBotTransfer: z.boolean().default(false),
      createdOn: instant,
      askedAt: instant,
    }),
  ),
  handedOver: z.boolean().default(false),
  toldWaitSeconds: orNull(z.number()),
  transferFailedAt: orNull(instant),
  version: z.number(),
};
const held = {
  agentId: id<AgentId>(),
  weight: z.number(),
  forced: z.boolean().default(false),
  assignedAt: instant,
};

const chatRow = z.discriminatedUnion('state', [
  z.object({ ...common, state: z.literal('waiting'), waitingSince: instant }),
  z.object({
    ...common,
    state: z.literal('offered'),
    offer: z.object({
      id: id<DecisionId>(),
      groupId: id<GroupId>().nullable(),
      agents: z.number(),
      at: instant,
    }),
  }),
  z.object({ ...common, ...held, state: z.literal('open'), resumedAt: orNull(instant) }),
  z.object({
    ...common,
    ...held,
    state: z.literal('held'),
    resumedAt: orNull(instant),
    heldSince: instant,
  }),
  z.object({ ...common, state: z.literal('bot') }),
  z
    .object({
      ...common,
      ...z.object(held).partial().shape,
      state: z.literal('closed'),
      closedAt: instant,
      closedAs: z.enum(CLOSED_AS),
      withBot: z.boolean().default(false),
    })
    .transform(({ agentId, weight, forced, assignedAt, ...chat }) => {
      const unheld = agentId === undefined || weight === undefined || assignedAt === undefined;
      return { ...chat, held: unheld ? null : { agentId, weight, forced: forced ?? false, assignedAt } };
    }),
]);

const extras = z.object({
  tokenHash: z.string().optional(),
  tokenEndsAt: instant.default(0 as Instant),
  decision: z.string().optional(),
});

export function parseChatRow(row: Row): StoredChat {
  const chat: Chat = { ...ids.parse(row), ...chatRow.parse(row) };
  const { tokenHash: hash, tokenEndsAt: endsAt, decision } = extras.parse(row);
  return {
    chat,
    token: hash === undefined ? null : { hash, endsAt },
    firstDecision: decision === undefined ? null : unpackDecision(chat.id, decision),
  };
}

/** The whole row of a chat. What is null, false or empty stays out of it: the row must stay small. */
export function chatRowOf({ chat, token, firstDecision }: StoredChat): Row {
  const { held: heldBy, id: _, projectId: __, ...flat } = { held: null, ...chat };
  const full: Row = {
    ...chatKey(chat.projectId, chat.id),
    listKey: chatsInState(chat.projectId, chat.state),
    listSort: chat.id,
    ...flat,
    ...heldBy,
    assignments: chat.assignments.map(compact),
    transfer: chat.transfer && compact(chat.transfer),
    tokenHash: token?.hash,
    tokenEndsAt: token?.endsAt,
    decision: firstDecision && packDecision(firstDecision),
  };
  return compact(full);
}

function compact(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => {
      if (value === null || value === undefined || value === false) return false;
      return typeof value !== 'object' || value instanceof Set || Object.keys(value).length > 0;
    }),
  );
}
