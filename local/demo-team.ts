import { DAYS, type Schedule } from '../domain/schedule.ts';

/**
 * The team of the demo project: small, and every rule has somebody it shows on. Two lines with queue positions, a
 * night shift on a schedule, an agent in no group, one with limit 0, one without a limit, one for the web only, a channel of weight 2.
 */
export const DEMO_PROJECT = 'demo';

export const DEMO_CHANNELS = {
  web: { name: 'Web chat', weight: 1 },
  whatsapp: { name: 'WhatsApp', weight: 2 },
  email: { name: 'E-mail', weight: 1 },
} as const;

export const DEMO_GROUPS = {
  'line-1': { name: 'First line', queuePosition: 1, primary: true },
  'line-2': { name: 'Second line', queuePosition: 2 },
  night: { name: 'Night shift', queuePosition: 3 },
} as const;

type DemoAgent = {
  readonly name: string;
  readonly groups: readonly (keyof typeof DEMO_GROUPS)[];
  /** Null = all channels. */
  readonly channels: readonly (keyof typeof DEMO_CHANNELS)[] | null;
  readonly maxLoad: number | null;
  readonly receptionWeight: number;
  /** Set by hand once the card is there; null = the schedule says. */
  readonly status: 'online' | 'busy' | 'rest' | null;
  readonly schedule?: Schedule;
};

/** Every night from ten to six, in Berlin. */
const NIGHT: Schedule = {
  timeZone: 'Europe/Berlin',
  hours: [{ days: DAYS, from: '22:00', to: '06:00' }],
};

/** In member order. E-mail is worked by three only. */
export const DEMO_AGENTS: Readonly<Record<string, DemoAgent>> = {
  ada: {
    name: 'Ada',
    groups: ['line-1'],
    channels: ['web', 'whatsapp'],
    maxLoad: 3,
    receptionWeight: 2,
    status: 'online',
  },
  ben: {
    name: 'Ben',
    groups: ['line-1'],
    channels: ['web', 'whatsapp', 'email'],
    maxLoad: 4,
    receptionWeight: 1,
    status: 'online',
  },
  // In both lines: the first one counts.
  chen: {
    name: 'Chen',
    groups: ['line-1', 'line-2'],
    channels: ['web', 'whatsapp'],
    maxLoad: 2,
    receptionWeight: 1,
    status: 'online',
  },
  dina: {
    name: 'Dina',
    groups: ['line-2'],
    channels: null,
    maxLoad: 5,
    receptionWeight: 3,
    status: 'online',
  },
  emil: {
    name: 'Emil',
    groups: ['line-2'],
    channels: ['web'],
    maxLoad: 3,
    receptionWeight: 1,
    status: 'online',
  },
  fatou: {
    name: 'Fatou',
    groups: ['line-2'],
    channels: ['web', 'whatsapp'],
    maxLoad: 4,
    receptionWeight: 1,
    status: 'busy',
  },
  // In no group: comes last.
  goran: {
    name: 'Goran',
    groups: [],
    channels: ['web', 'whatsapp'],
    maxLoad: 2,
    receptionWeight: 1,
    status: 'online',
  },
  // Leads the first line and takes nothing automatically.
  hana: {
    name: 'Hana',
    groups: ['line-1'],
    channels: null,
    maxLoad: 0,
    receptionWeight: 0,
    status: 'online',
  },
  ivo: {
    name: 'Ivo',
    groups: ['night'],
    channels: ['web', 'whatsapp'],
    maxLoad: null,
    receptionWeight: 1,
    status: null,
    schedule: NIGHT,
  },
};
