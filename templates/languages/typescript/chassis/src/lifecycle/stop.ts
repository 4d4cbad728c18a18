// Stopping in order. Every step has a limit, so that the end by force is the exception and the time that a container
// has to be given can be told beforehand.
import type { Logger } from '../telemetry/index.ts';
import { within } from '../waiting/index.ts';
import type { RunningPart } from './part.ts';

/** How long requests are still taken in production, until proxies and registries have noticed the end. */
export const PRODUCTION_DELAY_MS = 5_000;

/** The most that each step takes, in the order of the steps. */
export const STOP_LIMITS_MS = {
  /** Telling a registry. */
  leave: 3_000,
  /** The messages in hand; longer than a call of the outside world has by default. */
  drain: 15_000,
  /** The requests in hand. */
  requests: 10_000,
  /** The last pass of a relay: a publish of 10 s, begun within its first 5 s, and closing what it used. */
  stop: 20_000,
  /** The last spans. */
  flush: 2_000,
  /** The pool of connections. */
  close: 3_000,
} as const;

/** From the signal to the end by force. A container's grace period has to exceed it. */
export function stopLimit(delayMs: number): number {
  return Object.values(STOP_LIMITS_MS).reduce((sum, limit) => sum + limit, delayMs);
}

/**
 * Does one step of all parts, in the reverse order of their start; they drain side by side, as each finishes only what
 * it has in hand. A part that fails, or takes longer than the step may take, must not keep the others from it.
 */
export async function stopParts(
  running: ReadonlyMap<string, RunningPart>,
  step: 'leave' | 'drain' | 'stop',
  { log, limitMs = STOP_LIMITS_MS[step] }: { log: Logger; limitMs?: number },
): Promise<void> {
  const end = performance.now() + limitMs;
  const stop = async ([name, part]: [string, RunningPart]) => {
    try {
      await within(Math.max(0, end - performance.now()), Promise.resolve(part[step]?.()));
    } catch (error) {
      log.error({ part: name, step, err: error }, 'a part did not stop cleanly');
    }
  };
  const parts = [...running].reverse();
  if (step === 'drain') await Promise.all(parts.map(stop));
  else for (const part of parts) await stop(part);
}
