import * as z from 'zod';

/** What the demo reads of the API's answers; everything else in them is dropped. */
const instant = z.iso.datetime().transform(text => Date.parse(text));
const id = z.string();

export const nothingRead = z.unknown();
export const tokenAnswer = z.object({ token: z.string() });
export const clockAnswer = z.object({ now: instant });
export const projectAnswer = z.object({ widgetKey: z.string() });

/** A visitor's view: it sees the agent's name, not the id. */
const visitorChat = z.object({
  id,
  assignedAt: instant.nullable(),
  agent: z.object({ name: z.string() }).nullable(),
});
export const startAnswer = z.object({ chat: visitorChat, visitorToken: z.string() });

export const eventsAnswer = z.object({
  items: z.array(
    z.object({
      id: z.union([z.string(), z.number()]),
      'detail-type': z.string(),
      detail: z.object({
        at: instant,
        projectId: id,
        chatId: id.optional(),
        agentId: id.nullish(),
      }),
    }),
  ),
});

export const chatAnswer = z.object({
  id,
  state: z.string(),
  channelId: id,
  agentId: id.nullable(),
  weight: z.number().nullable(),
  forced: z.boolean(),
  returning: z.boolean(),
  createdAt: instant,
  assignedAt: instant.nullable(),
  closedAt: instant.nullable(),
  closedAs: z.string().nullable(),
  assignments: z.array(z.object({ agentId: id, method: z.string() })),
});
export type ChatRecord = z.infer<typeof chatAnswer>;

export const agentAnswer = z.object({
  id,
  channels: z.array(id).nullable(),
  maxLoad: z.number().nullable(),
  load: z.number(),
  openChats: z.number(),
});
export type AgentRecord = z.infer<typeof agentAnswer>;

export const channelAnswer = z.object({ id, weight: z.number() });

export const decisionAnswer = z.object({
  trigger: z.string(),
  outcome: z.string(),
  winner: id.nullable(),
  decidedBy: z.string(),
  steps: z.array(
    z.object({
      name: z.string(),
      rule: z.string(),
      in: z.number(),
      out: z.number(),
      excluded: z.array(z.object({ agentId: id, why: z.string() })),
      excludedMore: z.number().optional(),
    }),
  ),
});
export type DecisionRecord = z.infer<typeof decisionAnswer>;

/** One page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
