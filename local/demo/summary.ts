import type { Outcome } from './outcome.ts';
import type { Findings } from './recount/numbers.ts';
import { duration } from './time.ts';

/** The day as a table for people. */
export function summaryText({
  numbers,
  findings,
  recounts,
  gotTheirChatBack,
  httpCalls,
  tookSeconds,
}: Outcome): string {
  const { chats, assigned, gaveUp, stillWaiting, returningVisitors, waitsSeconds: waits } = numbers;
  const { whoWaited } = waits;
  const rows: [string, string][] = [
    ['chats', `${chats}, ${returningVisitors} of them by returning visitors`],
    ['assigned', String(assigned)],
    ['gave up', String(gaveUp)],
    ...(stillWaiting > 0 ? [['still waiting', String(stillWaiting)] satisfies [string, string]] : []),
    ['got their chat back', `${gotTheirChatBack} who came again while it was not closed`],
    ['waits p50 / p95', `${seconds(waits.p50)} / ${seconds(waits.p95)}`],
    [
      'of those who waited',
      `${seconds(whoWaited.p50)} / ${seconds(whoWaited.p95)} (${whoWaited.chats} chats)`,
    ],
    [
      'settled by',
      Object.entries(numbers.decidedBy)
        .map(([step, count]) => `${step === 'eligibility' ? 'only one available' : step} ${count}`)
        .join(', '),
    ],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(22)}${value}`),
    '',
    agentRow(['agent', 'chats', 'load mean', 'load most', 'limit']),
    ...numbers.agents.map(({ agentId, chats: count, loadMean, loadMax, maxLoad }) =>
      agentRow([agentId, String(count), loadMean.toFixed(2), String(loadMax), String(maxLoad ?? 'none')]),
    ),
    '',
    `recounted from the API: ${findingsText(findings)}`,
    `loads were recounted ${recounts} times during the day; ${httpCalls} HTTP calls in ${tookSeconds.toFixed(1)} s`,
  ].join('\n');
}

export function findingsText(findings: Findings): string {
  return [
    `${findings.overLimit.length} over limit`,
    `${findings.lost.length} lost`,
    `${findings.overtaken.length} overtaken`,
    `${findings.loadDiffers.length} loads that differ`,
    `${findings.unexplained.length} without a reason`,
  ].join(', ');
}

function agentRow([name = '', ...cells]: readonly string[]): string {
  return name.padEnd(12) + cells.map(cell => cell.padStart(11)).join('');
}

function seconds(value: number | null): string {
  return value === null ? '-' : duration(value);
}
