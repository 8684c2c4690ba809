import { describe, expect, test } from '@jest/globals';
import { CHAT_STATES, type Chat, type ChatState, isLegal, LEGAL, type Verb } from '../../domain/chat.ts';
import { botChat, closedChat, heldChat, offeredChat, openChat, waitingChat } from '../support/domain.ts';

const A_CHAT = {
  waiting: waitingChat(),
  offered: offeredChat(),
  open: openChat(),
  held: heldChat(),
  bot: botChat(),
  closed: closedChat(),
} satisfies {
  [S in ChatState]: Extract<Chat, { state: S }>;
};

/** Every verb in every state. A new verb or state does not compile until it has its cells here. */
const EXPECTED = {
  // What is offered is nobody's to be given to: an offer stays one until it is accepted, withdrawn or closed.
  assign: { waiting: true, offered: false, open: false, held: false, bot: false, closed: false },
  offer: { waiting: true, offered: false, open: false, held: false, bot: false, closed: false },
  withdraw: { waiting: false, offered: true, open: false, held: false, bot: false, closed: false },
  accept: { waiting: true, offered: true, open: false, held: false, bot: false, closed: false },
  hold: { waiting: false, offered: false, open: true, held: false, bot: false, closed: false },
  resume: { waiting: false, offered: false, open: false, held: true, bot: false, closed: false },
  // A held chat is resumed first.
  transfer: { waiting: false, offered: false, open: true, held: false, bot: false, closed: false },
  queue: { waiting: false, offered: false, open: true, held: false, bot: true, closed: false },
  handOver: { waiting: false, offered: false, open: false, held: false, bot: true, closed: false },
  // Closing a closed chat is a repeat, which the caller answers; the verb itself is done once.
  close: { waiting: true, offered: true, open: true, held: true, bot: true, closed: false },
} satisfies Record<Verb, Record<ChatState, boolean>>;

const STATES = Object.keys(A_CHAT) as ChatState[];

test('the states that can be asked for are those a chat can be in', () => {
  expect(CHAT_STATES.toSorted()).toEqual(STATES.toSorted());
});

describe.each(Object.entries(EXPECTED) as [Verb, Record<ChatState, boolean>][])('to %s', (verb, states) => {
  test.each(STATES)('a chat that is %s', state => {
    expect(isLegal(verb, A_CHAT[state])).toBe(states[state]);
  });

  test('is listed with the states it is legal in', () => {
    expect(LEGAL[verb]).toEqual(STATES.filter(state => states[state]));
  });
});
