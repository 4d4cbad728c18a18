import { setTimeout as sleep } from 'node:timers/promises';

export interface Waiting {
  /** Asked when the time is over: what has not come, and what there is instead. */
  readonly what: () => string;
  readonly limitMs: number;
}

/** Asks until `condition` gives a value. An error is an answer like none: a service that starts refuses connections. */
export async function until<T>(
  condition: () => Promise<T | undefined | false>,
  { what, limitMs }: Waiting,
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await condition().catch(() => undefined);
    if (value) return value;
    if (performance.now() > giveUpAt) throw new Error(`Not within ${limitMs / 1000} s: ${what()}`);
    await sleep(100);
  }
}
