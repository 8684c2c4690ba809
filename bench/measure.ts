/** One line of the bench: what was measured, against which bar. `better` says which side of the bar is good. */
export type Measure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number;
  readonly better: 'at-most' | 'at-least';
  readonly note?: string;
};

export function meets({ value, bar, better }: Measure): boolean {
  return better === 'at-most' ? value <= bar : value >= bar;
}
