// Work that looks for something to do, does it, and looks again: the relay, the retries, the purges.
import { fullJitter, pause } from '../waiting/index.ts';
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
export const STALLED_MS = 120_000;
const BACKOFF = { firstMs: 200, longestMs: 5_000 };

/** Runs `pass` until it is stopped: at once while there is more, after an error with growing delays. */
export function startLoop({ name, pass, pollMs, log }: LoopOptions): Loop {
  const stopping = new AbortController();
  let woken = false;
  let begun: number | undefined;
  let resting: AbortController | undefined;

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
        await pause(pollMs, resting.signal);
      } catch (error) {
        begun = undefined;
        log.warn({ loop: name, err: error, failures }, 'Failed, trying again');
        await pause(fullJitter(failures, BACKOFF), stopping.signal);
        failures++;
      } finally {
        resting = undefined;
      }
    }
  }

  const wake = () => {
    woken = true;
    resting?.abort();
  };
  const done = run();
  return {
    name,
    stalled: () => begun !== undefined && performance.now() - begun > STALLED_MS,
    wake,
    stop: () => {
      stopping.abort();
      wake();
      return done;
    },
  };
}

/** What lived this long was well: after it the first delay is the shortest again. */
const STEADY_MS = 10_000;

interface Kept {
  /** Rejects with the reason when it is over. */
  readonly life: () => Promise<never>;
  readonly onEnd: (reason: Error) => void;
  readonly backoff: { readonly firstMs: number; readonly longestMs: number };
  readonly signal: AbortSignal;
}

/** Begins `life` anew, with growing delays, whenever it has ended, until `signal` aborts. */
export async function keepAlive({ life, onEnd, backoff, signal }: Kept): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const begin = performance.now();
    const reason = await life().catch((error: Error) => error);
    if (signal.aborted) return;
    if (performance.now() - begin > STEADY_MS) attempt = 0;
    onEnd(reason);
    await pause(fullJitter(attempt, backoff), signal);
  }
}
