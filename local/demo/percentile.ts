/** The smallest value that at least `percent` of all values do not exceed (nearest rank); null of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
  const inOrder = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * inOrder.length));
  return inOrder[rank - 1] ?? null;
}
