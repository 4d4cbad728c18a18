import { setTimeout as sleep } from 'node:timers/promises';

const BACKOFF = { firstMs: 200, longestMs: 5_000 };

/** A random time below a limit that doubles with each failure, so that many clients do not come back at once. */
export function fullJitter(failures: number): number {
  return Math.random() * Math.min(BACKOFF.longestMs, BACKOFF.firstMs * 2 ** Math.min(failures, 20));
}

/** Milliseconds within a fifth of `ms`, so that what many do at intervals does not fall together. */
export function about(ms: number): number {
  return Math.round(ms * (0.8 + Math.random() * 0.4));
}

/** Waits, or less where `signal` is aborted meanwhile. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** What went wrong, in a sentence; fetch hides it in the cause. */
export function reasonOf(error: unknown): string {
  const { cause, message, code } = error as Error & { code?: string };
  return cause instanceof Error ? reasonOf(cause) : message || code || String(error);
}
