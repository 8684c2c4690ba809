import type { CallType } from './bank-day.ts';

/** The bank as a project: what a recording of telephone calls does not say is chosen here (README.md says why). */
export const CHANNELS = {
  PS: { id: 'banking', name: 'Regular banking', weight: 1 },
  PE: { id: 'english', name: 'Regular banking in English', weight: 1 },
  NE: { id: 'stock', name: 'Stock exchange', weight: 2 },
  NW: { id: 'new-customers', name: 'Prospective customers', weight: 1 },
  IN: { id: 'internet', name: 'Internet support', weight: 1 },
  TT: { id: 'call-back', name: 'Call-back', weight: 1 },
} as const satisfies Record<CallType, { id: string; name: string; weight: number }>;

/** The second line is asked only when the first has no room. */
export const LINES = [
  { id: 'first-line', name: 'First line', queuePosition: 1 },
  { id: 'second-line', name: 'Second line', queuePosition: 2 },
] as const;

export type TeamMember = {
  readonly id: string;
  readonly line: (typeof LINES)[number]['id'];
  /** Null = all channels. */
  readonly channels: readonly string[] | null;
  readonly maxLoad: number;
  /** Hours of the day; the last shift stays half an hour after midnight, as it did in the recording. */
  readonly shift: readonly [from: number, to: number];
  /** Hours of the day in which the agent is on shift but takes nothing new. */
  readonly rest?: readonly [from: number, to: number];
};

const { PS, PE, NE, NW, TT } = CHANNELS;
const first = { line: 'first-line' } as const;
const second = { line: 'second-line', channels: null, maxLoad: 3 } as const;
const tillClose = [16, 24.5] as const;

/** Named after trees: nobody of the recording is meant. */
export const TEAM: readonly TeamMember[] = [
  { id: 'alder', ...first, channels: [PS.id, NW.id, TT.id], maxLoad: 2, shift: [7, 15] },
  { id: 'birch', ...second, shift: [7, 15] },
  { id: 'cedar', ...first, channels: [PS.id, NE.id], maxLoad: 2, shift: [8, 16] },
  { id: 'elm', ...second, shift: [9, 17] },
  { id: 'hazel', ...first, channels: [PS.id, TT.id], maxLoad: 1, shift: [13, 21] },
  { id: 'juniper', ...second, shift: [15, 21] },
  {
    id: 'larch',
    ...first,
    channels: [PS.id, PE.id, NE.id, NW.id],
    maxLoad: 2,
    shift: tillClose,
    rest: [18, 19],
  },
  { id: 'maple', ...second, shift: tillClose, rest: [20, 21] },
  { id: 'oak', ...first, channels: [PS.id, NW.id], maxLoad: 1, shift: [17, 24.5], rest: [19, 20] },
];

/** When each agent's status changes, in seconds since midnight. */
export function statusChanges(member: TeamMember) {
  const [from, to] = member.shift;
  const changes = [
    { second: from * 3_600, status: 'online' },
    { second: to * 3_600, status: 'offline' },
  ];
  if (member.rest === undefined) return changes;
  const [restFrom, restTo] = member.rest;
  return [
    ...changes,
    { second: restFrom * 3_600, status: 'rest' },
    { second: restTo * 3_600, status: 'online' },
  ];
}

/** How long the agent is there to take chats, in seconds. */
export function onlineSeconds({ shift: [from, to], rest = [0, 0] }: TeamMember): number {
  return (to - from - (rest[1] - rest[0])) * 3_600;
}
