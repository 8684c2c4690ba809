import type { Call } from './bank-day.ts';
import { CHANNELS } from './team.ts';

/** A chat as the demo follows it: enough to know what happens to it next. */
export type Followed = {
  readonly chatId: string;
  readonly call: Call;
  /** The visitor's own token, with which it gives up. */
  readonly visitorToken: string;
  readonly state: 'waiting' | 'open' | 'closed';
  readonly agentId: string | null;
};

/** What goes on right now, as far as the demo has noticed. What is reported in the end is counted anew from the API. */
export type Floor = {
  readonly chats: ReadonlyMap<string, Followed>;
  readonly put: (chat: Followed) => void;
  /** Somebody came who had a chat that was not closed, and got that one back. */
  readonly gotBack: () => void;
  readonly count: (state: Followed['state']) => number;
  readonly totals: () => Totals;
};

type Totals = { readonly arrived: number; readonly gaveUp: number; readonly gotBack: number };

export function floor(): Floor {
  const chats = new Map<string, Followed>();
  const counts = { waiting: 0, open: 0, closed: 0 };
  let gaveUp = 0;
  let gotBack = 0;
  return {
    chats,
    put(chat) {
      const before = chats.get(chat.chatId);
      if (before !== undefined) counts[before.state] -= 1;
      counts[chat.state] += 1;
      if (chat.state === 'closed' && chat.agentId === null) gaveUp += 1;
      chats.set(chat.chatId, chat);
    },
    gotBack() {
      gotBack += 1;
    },
    count: state => counts[state],
    totals: () => ({ arrived: chats.size + gotBack, gaveUp, gotBack }),
  };
}

/** The channel a call comes in on. */
export function channelOf({ type }: Call): string {
  return CHANNELS[type].id;
}
