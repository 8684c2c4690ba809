import type { ChannelId } from './brands.ts';

/** Where a chat comes from. `weight` is what one of its chats costs an agent, in units of load. */
export type Channel = {
  readonly id: ChannelId;
  readonly name: string;
  readonly weight: number;
};

const CHANNEL_WEIGHT_DEFAULT = 1;

/** The present weight by channel. A channel that was removed under a chat counts as the lightest: it still routes. */
export function weightsOf(channels: readonly Channel[]): (id: ChannelId) => number {
  const weights = new Map(channels.map(channel => [channel.id, channel.weight]));
  return id => weights.get(id) ?? CHANNEL_WEIGHT_DEFAULT;
}
