import { describe, expect, test } from '@jest/globals';
import { CHAT_STATES, type Chat, type ChatState, isLegal, LEGAL, type Verb } from '../../domain/chat.ts';
import { closedChat, openChat, waitingChat } from '../support/domain.ts';

const A_CHAT = { waiting: waitingChat(), open: openChat(), closed: closedChat() } satisfies {
  [S in ChatState]: Extract<Chat, { state: S }>;
};

/** Every verb in every state. A new verb or state does not compile until it has its cells here. */
const EXPECTED = {
  assign: { waiting: true, open: false, closed: false },
  accept: { waiting: true, open: false, closed: false },
  // Closing a closed chat is a repeat, which the caller answers; the verb itself is done once.
  close: { waiting: true, open: true, closed: false },
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
