/** Two things measured in turn, A B A B, so that whatever else the machine does meets both. */

export interface Comparison {
  /** Median of A / B over the pairs. */
  readonly ratio: number;
  /** Half of the pairs lie between these. */
  readonly spread: readonly [number, number];
  /** Medians of what was measured. */
  readonly a: number;
  readonly b: number;
}

/** Measures both `rounds` times in turn, after one pair that only warms up. */
export async function compareInTurn(
  rounds: number,
  { a, b }: { readonly a: () => number | Promise<number>; readonly b: () => number | Promise<number> },
): Promise<Comparison> {
  const pairs: { a: number; b: number }[] = [];
  for (let round = 0; round <= rounds; round++) pairs.push({ a: await a(), b: await b() });
  return compare(pairs.slice(1));
}

/** Compares what was measured in pairs. */
export function compare(pairs: readonly { readonly a: number; readonly b: number }[]): Comparison {
  const ratios = pairs.map(({ a, b }) => a / b);
  return {
    ratio: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    a: quantile(
      pairs.map(({ a }) => a),
      0.5,
    ),
    b: quantile(
      pairs.map(({ b }) => b),
      0.5,
    ),
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
}
