// How far the messages of one partition are handled, and how far the broker knows. Handling goes on while a commit
// is under way, but never far ahead of it: that is how many messages come again after a crash.
import { fullJitter, pause } from '../../waiting/index.ts';
import { answered, type TransportOptions } from '../transport.ts';

/** Handled messages of a partition that may not be committed yet. */
export const AHEAD = 10n;
const COMMIT_MS = 5_000;
const AGAIN = { firstMs: 250, longestMs: 2_000 };

interface ProgressOptions {
  readonly name: string;
  /** The group goes on from that offset. */
  commit(offset: bigint): Promise<void>;
  /** Aborted when the partition is another member's. */
  readonly lost: AbortSignal;
  readonly isStopping: () => boolean;
  /** Told of each series of commits, for those who wait for its end. */
  track(work: Promise<void>): void;
  readonly log: TransportOptions['log'];
}

export interface Progress {
  /** Notes that all before `offset` is handled; resolves when more may be begun. */
  reached(offset: bigint): Promise<void>;
}

/** `from`: the first offset that is not handled yet. */
export function createProgress(from: bigint, options: ProgressOptions): Progress {
  const { name, commit, lost, isStopping, track, log } = options;
  let handled = from;
  let committed = from;
  let committing: Promise<void> | undefined;

  /** Tries until it works or the partition is another's: what is handled twice has no second effect. */
  async function catchUp(): Promise<void> {
    for (let failures = 0; committed < handled && !lost.aborted; failures++) {
      const goal = handled;
      try {
        await answered(COMMIT_MS, commit(goal));
        committed = goal;
        failures = 0;
      } catch (error) {
        log.warn({ partition: name, error: (error as Error).message }, 'An offset could not be committed');
        if (isStopping()) break;
        await pause(fullJitter(failures, AGAIN), lost);
      }
    }
    committing = undefined;
  }

  function begin(): Promise<void> | undefined {
    // A series with nothing to do would be over before it is noted here, and be taken for one under way for ever.
    if (committing || committed >= handled) return committing;
    committing = catchUp();
    track(committing);
    return committing;
  }

  return {
    reached: async (offset) => {
      // After a rebalance what is handled already may come again.
      if (offset > handled) handled = offset;
      begin();
      while (handled - committed >= AHEAD && !isStopping() && !lost.aborted) await begin();
    },
  };
}
