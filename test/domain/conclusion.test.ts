import { expect, test } from '@jest/globals';
import type { DecisionOutcome, Verdict } from '../../domain/decision.ts';
import { conclusion } from '../../domain/sentences.ts';

/** Of a chat that is searched in the whole team. */
function concluded(outcome: DecisionOutcome, given: Partial<Verdict> = {}): string | null {
  const policy = 'queue-position';
  const of = { winner: null, decidedBy: 'eligibility', reading: 'whole-team', offeredBecause: null } as const;
  return conclusion({ ...of, policy, outcome, ...given });
}

/** Every outcome there is: a new one does not compile until it has its sentence here. */
const SAYS = {
  // The steps say who won, and by what.
  assigned: null,
  offered: 'Policy queue-position offers every chat to all; the first to accept it has it.',
  'nobody-online': 'Nobody who works with the channel is online: the chat waits.',
  'all-full': 'Everybody online who works with the channel is full: the chat waits.',
  'nobody-works-channel': 'No active agent works with the channel: the chat waits.',
  'empty-group': 'The group has no members: the chat waits.',
  'no-primary-group': 'The project has no primary group: the chat waits.',
  'unknown-group': 'The group that was asked for is no longer there: the chat goes on in the whole team.',
  'automatic-off': 'Automatic allocation is switched off: the chat waits.',
} satisfies Record<DecisionOutcome, string | null>;

test.each(Object.entries(SAYS) as [DecisionOutcome, string | null][])('%s: %s', (outcome, says) => {
  expect(concluded(outcome)).toBe(says);
});

const IN_GROUP = { policy: 'group', reading: 'whole-group' } as const;

test.each<[Partial<Verdict>, string]>([
  [{ policy: 'all' }, 'Policy all offers every chat to all; the first to accept it has it.'],
  [
    { policy: 'smart', offeredBecause: 'nobody-online' },
    'Nobody who works with the channel is online: the chat is offered to all, and the first to accept it has it.',
  ],
  [
    { ...IN_GROUP, offeredBecause: 'all-full' },
    'Everybody online in the group who works with the channel is full: the chat is offered to all, and the first to accept it has it.',
  ],
  [
    { policy: 'reception-weight', offeredBecause: 'all-full' },
    'Everybody online who works with the channel is full or has no share: the chat is offered to all, and the first to accept it has it.',
  ],
])('what is offered says why: %j', (given, says) => {
  expect(concluded('offered', given)).toBe(says);
});

test.each<[DecisionOutcome, Partial<Verdict>, string]>([
  // Who has no share is not full, but gets nothing either.
  [
    'all-full',
    { policy: 'reception-weight' },
    'Everybody online who works with the channel is full or has no share: the chat waits.',
  ],
  ['all-full', IN_GROUP, 'Everybody online in the group who works with the channel is full: the chat waits.'],
  ['nobody-online', IN_GROUP, 'Nobody in the group who works with the channel is online: the chat waits.'],
  ['nobody-works-channel', IN_GROUP, 'No active agent in the group works with the channel: the chat waits.'],
])('%s is about those who were asked: %j', (outcome, given, says) => {
  expect(concluded(outcome, given)).toBe(says);
});
