// Work that looks for something to do, does it, and looks again: the relay, the retries, the purges.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransportOptions } from './transport.ts';

export interface Loop {
  readonly name: string;
  /** Looks now instead of at the next poll; without effect while it backs off after an error. */
  wake(): void;
  /** Resolves when the pass in hand is over. */
  stop(): Promise<void>;
  /** Whether a pass has been under way for longer than any may take: only a restart can help. */
  stalled(): boolean;
}

interface LoopOptions {
  readonly name: string;
  /** Does one portion of work; true when there may be more. */
  readonly pass: () => Promise<boolean>;
  readonly pollMs: number;
  readonly log: Pick<TransportOptions['log'], 'warn'>;
}

/** Every wait inside a pass has an end of its own, and all of them together take less. */
const STALLED_MS = 120_000;
const BACKOFF = { firstMs: 200, longestMs: 5_000 };

/** Runs `pass` until it is stopped: at once while there is more, after an error with growing delays. */
export function startLoop({ name, pass, pollMs, log }: LoopOptions): Loop {
  const stopping = new AbortController();
  let woken = false;
  let begun: number | undefined;
  let resting: AbortController | undefined;

  async function rest(ms: number, until?: AbortController): Promise<void> {
    const signals = until ? [stopping.signal, until.signal] : [stopping.signal];
    await sleep(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => {}); // Cut short.
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      woken = false;
      begun = performance.now();
      try {
        const more = await pass();
        begun = undefined;
        failures = 0;
        if (more || woken) continue;
        resting = new AbortController();
        await rest(pollMs, resting);
      } catch (error) {
        begun = undefined;
        log.warn({ loop: name, err: error, failures }, 'Failed, trying again');
        await rest(fullJitter(failures, BACKOFF));
        failures++;
      } finally {
        resting = undefined;
      }
    }
  }

  const done = run();
  return {
    name,
    stalled: () => begun !== undefined && performance.now() - begun > STALLED_MS,
    wake: () => {
      woken = true;
      resting?.abort();
    },
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}

/** A random delay below a limit that doubles with each failure, so that many clients do not come back at once. */
export function fullJitter(
  failures: number,
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
}
