import type { DecisionOutcome, Exclusion, Step, StepName, Verdict, Why } from './decision.ts';
import { CONDITIONS, type Ineligible } from './eligibility.ts';
import { type CriterionName, criterion } from './ranking.ts';

type Told = Pick<Verdict, 'winner' | 'decidedBy' | 'policy' | 'reading' | 'outcome' | 'offeredBecause'> &
  Partial<Pick<Verdict, 'steps'>>;

/** What a step of a decision asks, in words. */
export function ruleOf(name: StepName, told: Pick<Verdict, 'policy' | 'reading'>): string {
  switch (name) {
    case 'scope':
      return `every agent of the ${whose(told)}`;
    case 'original-agent':
      return 'the agent who last served this visitor, whatever status or limit';
    case 'eligibility':
      return available(told.policy);
    case 'rank-order':
      return 'first in rank; those behind were not looked at';
    case 'offer':
      return 'every active agent there who works with the channel';
    case 'group-removed':
      return 'the group it was queued for is gone: the whole team instead';
    default:
      return criterion(name).rule;
  }
}

function available(policy: Verdict['policy']): string {
  return asked(policy)
    .map(({ rule }) => rule)
    .join(', ');
}

/** Only allocation by weight asks for a share; who has the chat already is no question of availability. */
function asked(policy: Verdict['policy']) {
  return CONDITIONS.filter(
    ({ why }) => why !== 'current-agent' && (why !== 'no-share' || policy === 'reception-weight'),
  );
}

/** A chat may be searched in a group under another policy, or in the team under that one, when either was changed. */
function whose({ policy, reading }: Pick<Verdict, 'policy' | 'reading'>): string {
  const isGroup = reading === 'whole-group' || (reading === 'rank-order' && policy === 'group');
  return isGroup ? 'group' : 'project';
}

/** One step of a decision as a plain sentence. */
export function sentence(step: Step, told: Told): string {
  const isLast = step.name === told.decidedBy && told.winner !== null;
  const settled = isLast ? `; this settles it for ${told.winner}` : '';
  return `${sayStep(step, told)}${ruledOut(step)}${settled}.`;
}

function sayStep(step: Step, told: Told): string {
  const { out } = step;
  switch (step.name) {
    case 'scope':
      return `${people(out, 'No agent')} of the ${whose(told)} ${out > 1 ? 'are' : 'is'} considered`;
    case 'original-agent':
      return out === 1
        ? 'The agent who last served this visitor comes first, whatever the status or limit'
        : 'The agent who last served this visitor cannot have the chat, so the rule for new visitors holds';
    case 'eligibility':
      return `${among(step)} ${out > 1 ? 'are' : 'is'} available, that is ${beingAvailable(told.policy)}`;
    case 'offer':
      return sayOffer(out, told);
    case 'group-removed':
      return 'The group it was queued for is no longer there, so the whole team is asked';
    case 'rank-order':
      return 'This agent comes first in rank, and those behind were not looked at';
    default:
      return `${among(step)} ${STANDS[step.name][out > 1 ? 'many' : 'one']}`;
  }
}

function beingAvailable(policy: Verdict['policy']): string {
  const all = asked(policy).map(({ why }) => AVAILABLE[why]);
  return `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

const AVAILABLE: Readonly<Record<Ineligible, string>> = {
  'current-agent': 'another agent',
  inactive: 'active',
  'other-channel': 'working with the channel',
  'not-online': 'online',
  'no-room': 'with room',
  'no-share': 'with a share',
};

function sayOffer(to: number, told: Told): string {
  if (to === 0) return `${because('nobody-works-channel', told)}, so the chat can be offered to nobody`;
  const all = `everybody${whose(told) === 'group' ? ' in the group' : ''} who is active and works with the channel`;
  const whom = `the chat is offered to ${people(to, 'nobody')}: ${all}`;
  const { offeredBecause } = told;
  return offeredBecause === null ? `T${whom.slice(1)}` : `${because(offeredBecause, told)}, so ${whom}`;
}

/** How those a criterion keeps stand by it. */
const STANDS: Readonly<Record<CriterionName, { readonly one: string; readonly many: string }>> = {
  'queue-position': ofThose('the lowest queue position'),
  'open-chats': ofThose('the fewest open chats'),
  'last-close': ofThose('gone the longest without closing a chat'),
  'member-order': { one: 'is first in member order', many: 'are first in member order' },
  rotation: {
    one: 'is next in member order after the one chosen last',
    many: 'are next in member order after the one chosen last',
  },
  share: ofThose('the smallest (open chats + 1) / reception weight'),
  'closed-today': ofThose('closed the fewest of the chats created today'),
  'closed-in-30-days': ofThose('closed the fewest chats in the last 30 days'),
  'agent-id': ofThose('the first agent id'),
};

function ofThose(what: string) {
  return { one: `has ${what}`, many: `have ${what}` };
}

/** How a decision that chose nobody reads; null where the steps say it all. `then` is what becomes of a chat nobody can take. */
export function conclusion(told: Told, then = 'the chat waits'): string | null {
  const { outcome, policy, offeredBecause } = told;
  switch (outcome) {
    case 'assigned':
      return null;
    case 'offered':
      return offeredBecause === null
        ? `Policy ${policy} offers every chat to all; the first to accept it has it.`
        : `${because(offeredBecause, told)}: the chat is offered to all, and the first to accept it has it.`;
    case 'unknown-group':
      return `${because(outcome, told)}: the chat goes on in the whole team.`;
    default:
      return `${because(outcome, told)}: ${then}.`;
  }
}

/** Why nobody was chosen. In a group it is about the members only. */
function because(outcome: DecisionOutcome, told: Pick<Told, 'policy' | 'reading' | 'steps'>): string {
  const there = whose(told) === 'group' ? ' in the group' : '';
  switch (outcome) {
    case 'assigned':
    case 'offered':
      return 'Somebody was found';
    case 'nobody-online':
      return `Nobody${there} who works with the channel is online`;
    case 'all-full':
      return `Everybody online${there} who works with the channel is full${told.policy === 'reception-weight' ? ' or has no share' : ''}`;
    case 'nobody-works-channel':
      return `No ${isLeaving(told) ? 'other ' : ''}active agent${there} works with the channel`;
    case 'empty-group':
      return 'The group has no members';
    case 'no-primary-group':
      return 'The project has no primary group';
    case 'unknown-group':
      return 'The group that was asked for is no longer there';
    case 'automatic-off':
      return 'Automatic allocation is switched off';
  }
}

/** The chat is to leave an agent, who was one of those asked. */
function isLeaving({ steps = [] }: Pick<Told, 'steps'>): boolean {
  return steps.some(({ excluded }) => excluded.some(({ why }) => why === 'current-agent'));
}

const WHY: Readonly<Record<Why, string>> = {
  'current-agent': 'has it now',
  inactive: 'not active',
  'other-channel': 'not on the channel',
  'not-online': 'not online',
  'no-room': 'no room',
  'no-share': 'no share',
  'not-in-group': 'not in the group',
  'higher-position': 'higher queue position',
  'lost-claim': 'its room is for a chat that waits longer',
};

function ruledOut({ excluded, excludedMore }: Step): string {
  const named = excluded.map(({ agentId, why }: Exclusion) => `${agentId} (${WHY[why]})`).join(', ');
  const more = excludedMore > 0 ? `${excludedMore} more` : '';
  const all = [named, more].filter(part => part !== '').join(' and ');
  return all === '' ? '' : `; ruled out: ${all}`;
}

/** How many of those who were left before the step. */
function among(step: Step): string {
  if (step.in === 0 || (step.in === 1 && step.out === 0)) return 'Nobody';
  if (step.in === 1) return 'The only agent';
  if (step.out === step.in) return step.in === 2 ? 'Both agents' : `All ${step.in} agents`;
  return `${step.out === 0 ? 'None' : step.out} of the ${step.in} agents`;
}

function people(count: number, none: string): string {
  if (count === 0) return none;
  return count === 1 ? '1 agent' : `${count} agents`;
}
