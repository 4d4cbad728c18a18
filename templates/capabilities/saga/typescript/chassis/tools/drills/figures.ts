// What a number of requests comes to.
import type { Attempt } from './load.ts';

export interface Figures {
  readonly ok: number;
  readonly failed: number;
  /** Milliseconds to the answer; undefined where none was answered. */
  readonly p50?: number;
  readonly p99?: number;
  readonly slowest?: number;
}

export function figuresOf(attempts: readonly Attempt[]): Figures {
  const took = attempts.map(({ at, answeredAt }) => answeredAt - at).sort((a, b) => a - b);
  const ok = attempts.filter((attempt) => attempt.ok).length;
  const counts = { ok, failed: attempts.length - ok };
  const slowest = took.at(-1);
  if (slowest === undefined) return counts;
  const at = (share: number) => took[Math.ceil(took.length * share) - 1] ?? slowest;
  return { ...counts, p50: at(0.5), p99: at(0.99), slowest };
}

/** Those that were sent between two instants. */
export function sentBetween(attempts: readonly Attempt[], from: number, to: number): Attempt[] {
  return attempts.filter(({ at }) => at >= from && at < to);
}

/** `3 ms` or `1.2 s`; `-` where there is none. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return '-';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
