import type { Project } from '../support/http.ts';
import type { Case } from './cases.ts';
import { given, refused } from './given.ts';

/** The cases of schedules: what is refused as malformed, and who sets whom online outside the hours. */

const NEVER = { timeZone: 'UTC', hours: [] };

async function offDuty(project: Project) {
  await project.hire('ada', { schedule: NEVER });
  return { params: { agentId: 'ada' }, body: { status: 'online' } };
}

const hours = (more: object) => ({ days: ['mon'], from: '09:00', to: '17:00', ...more });
const MALFORMED: readonly unknown[] = [
  {},
  [],
  'always',
  { timeZone: 'UTC' },
  { hours: [] },
  { timeZone: 'Mars/Phobos', hours: [] },
  { timeZone: '', hours: [] },
  { timeZone: '+05:30', hours: [] },
  { timeZone: 'UTC', hours: [{}] },
  { timeZone: 'UTC', hours: hours({}) },
  { timeZone: 'UTC', hours: [hours({ days: [] })] },
  { timeZone: 'UTC', hours: [hours({ days: ['monday'] })] },
  { timeZone: 'UTC', hours: [hours({ days: [1] })] },
  { timeZone: 'UTC', hours: [hours({ from: '9:00' })] },
  { timeZone: 'UTC', hours: [hours({ from: '24:00' })] },
  { timeZone: 'UTC', hours: [hours({ from: '09:60' })] },
  { timeZone: 'UTC', hours: [hours({ to: '24:01' })] },
  { timeZone: 'UTC', hours: [hours({ to: '17:00:00' })] },
  { timeZone: 'UTC', hours: [hours({ to: 17 })] },
  // Would it be nothing, or a whole day?
  { timeZone: 'UTC', hours: [hours({ from: '17:00' })] },
  { timeZone: 'UTC', hours: [hours({ until: '18:00' })] },
  { timeZone: 'UTC', hours: Array.from({ length: 22 }, () => hours({})) },
  { timeZone: 'UTC', hours: [], days: ['mon'] },
];

export const SCHEDULE_CASES: readonly Case[] = [
  ...refused(
    'replaceAgent',
    MALFORMED.map(schedule => ({ name: 'Ada', schedule })),
  ),
  given('replaceAgent', 201, 'the schedule has as many hours as may be', () => {
    const all = Array.from({ length: 21 }, () => hours({ days: ['mon', 'mon', 'sun'], to: '24:00' }));
    return {
      params: { agentId: 'ada' },
      body: { name: 'Ada', schedule: { timeZone: 'Asia/Kathmandu', hours: all } },
    };
  }),
  given('setStatus', 'outside-schedule', 'the agent goes online outside its hours', async project => ({
    ...(await offDuty(project)),
    as: await project.as.agent('ada'),
  })),
  given('setStatus', 200, 'an operator sets it online outside its hours', offDuty),
];
