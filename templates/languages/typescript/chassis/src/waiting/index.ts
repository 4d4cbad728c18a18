// Waiting: for a while, with a limit, and ever longer after failures.
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; ends early, without an error, when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {}); // Cut short.
}

/** The promise's value, or an error after `ms`: `what` has happened by then, such as 'not done'. */
export async function within<T>(ms: number, promise: Promise<T>, what = 'not done'): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${Math.round(ms)} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A random delay below a limit that doubles with each failure, so that many clients do not come back at once. */
export function fullJitter(
  failures: number,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
}

/** Milliseconds within a fifth of `ms`, so that what many do at intervals does not fall together. */
export function about(ms: number): number {
  return Math.round(ms * (0.8 + Math.random() * 0.4));
}
