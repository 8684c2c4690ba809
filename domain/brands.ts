/** Brands keep ids and instants from being swapped: a ChatId is not an AgentId, an Instant is not a duration. */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

export type ProjectId = Branded<string, 'ProjectId'>;
export type AgentId = Branded<string, 'AgentId'>;
export type GroupId = Branded<string, 'GroupId'>;
export type ChannelId = Branded<string, 'ChannelId'>;
export type ChatId = Branded<string, 'ChatId'>;
export type VisitorId = Branded<string, 'VisitorId'>;
export type DecisionId = Branded<string, 'DecisionId'>;

/** A moment, in milliseconds since the epoch. */
export type Instant = Branded<number, 'Instant'>;
