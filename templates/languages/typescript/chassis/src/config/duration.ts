/** A length of time as people write it: '800ms', '30s', '5m', '24h'. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`;

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The duration in milliseconds. */
export function milliseconds(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration);
  if (!match)
    throw new Error(`Not a duration: "${duration}". Write a number and a unit: 800ms, 30s, 5m, 24h.`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
