import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Waits until `condition` gives something truthy and returns that. A condition that throws is asked again.
 * After `limitMs` it fails with `what` was waited for, and with the condition's last error as the cause.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { limitMs, what }: { limitMs: number; what: string },
): Promise<Exclude<T, false | null | undefined>> {
  const giveUpAt = performance.now() + limitMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | null | undefined>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > giveUpAt) throw new Error(`Not within ${limitMs} ms: ${what}`, { cause });
    await sleep(POLL_MS);
  }
}
