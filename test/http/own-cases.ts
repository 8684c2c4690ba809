import { ROUTE_NAMES, ROUTES, type Route, type RouteName } from '../../functions/routes.ts';
import type { Project } from '../support/http.ts';
import { ADMIN_CASES } from './admin-cases.ts';
import type { Case, Gives } from './cases.ts';
import { CHAT_CASES, START_CASES } from './chat-cases.ts';
import { EDIT_CASES } from './edit-cases.ts';
import { FINE } from './fine.ts';
import { given } from './given.ts';
import { GROUP_CASES } from './group-cases.ts';
import { JOB_CASES } from './job-cases.ts';
import { MESSAGE_CASES } from './message-cases.ts';
import { RULE_CASES } from './rule-cases.ts';
import { SCHEDULE_CASES } from './schedule-cases.ts';

/** The cases of single routes: their answers, their own problems, and the surprising fields of their bodies. */

const CREATES: readonly RouteName[] = [
  'startChat',
  'initiateChat',
  'replaceAgent',
  'replaceGroup',
  'replaceChannel',
];

/** The request that is fine for a route gives its least success. */
const FINE_CASES: readonly Case[] = ROUTE_NAMES.map(route => {
  const { answers }: Route = ROUTES[route];
  const created = CREATES.includes(route);
  const [status = 200] = created ? [201] : Object.keys(answers).map(Number);
  return given(route, status, 'the request is fine', FINE[route]);
});

const LISTS: readonly RouteName[] = ROUTE_NAMES.filter(route => route.startsWith('list'));
const LIST_CASES = LISTS.flatMap(route => {
  const asking = (gives: Gives, query: Record<string, string>) =>
    given(route, gives, `the query is ${JSON.stringify(query).slice(0, 60)}`, async project => ({
      ...(await FINE[route](project)),
      query,
    }));
  return [
    asking(200, { limit: '1' }),
    asking(200, { limit: '100' }),
    ...['0', '-1', '101', '1.5', 'ten', '', '1,2', 'NaN', 'Infinity'].map(limit =>
      asking('invalid-request', { limit }),
    ),
    asking('invalid-request', { cursor: 'c'.repeat(201) }),
    asking('invalid-cursor', { cursor: '' }),
    asking('invalid-cursor', { cursor: '!' }),
    asking('invalid-cursor', { cursor: Buffer.from('a b').toString('base64url') }),
    asking('invalid-cursor', { cursor: Buffer.from('\u0000').toString('base64url') }),
  ];
});

const stale = (route: RouteName, exists: (project: Project) => Promise<unknown>): Case =>
  given(route, 'stale-version', 'If-Match names another version', async project => {
    await exists(project);
    return { ...(await FINE[route](project)), headers: { 'if-match': '"77"' } };
  });
const nothing = async () => {};

/** Who has seen the board is not sent it again. */
const SEEN_CASE = given('readBoard', 304, 'it was seen', async project => {
  const { headers } = await project.must('readBoard');
  return { headers: { 'if-none-match': headers.etag ?? '' } };
});

const IF_MATCH_CASES: readonly Case[] = [
  stale('replaceAgent', project => project.hire('ada')),
  stale('deleteAgent', nothing),
  stale('replaceGroup', project => project.group('line-1', 1)),
  stale('deleteGroup', nothing),
  stale('replaceChannel', project => project.channel('phone', 1)),
  stale('deleteChannel', nothing),
  stale('replaceSettings', nothing),
  stale('replaceSystemSettings', nothing),
  stale('setStatus', nothing),
  ...(['replaceSettings', 'replaceSystemSettings'] as const).map(route =>
    given(route, 'if-match-required', 'there is no If-Match', async project => ({
      ...(await FINE[route](project)),
      headers: {},
    })),
  ),
];

export const OWN_CASES: readonly Case[] = [
  ...FINE_CASES,
  ...LIST_CASES,
  ...IF_MATCH_CASES,
  SEEN_CASE,
  ...START_CASES,
  ...CHAT_CASES,
  ...ADMIN_CASES,
  ...EDIT_CASES,
  ...GROUP_CASES,
  ...JOB_CASES,
  ...MESSAGE_CASES,
  ...RULE_CASES,
  ...SCHEDULE_CASES,
];
