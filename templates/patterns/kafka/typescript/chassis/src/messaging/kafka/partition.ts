// The messages of one partition, one after the other.
import type { KafkaMessage } from 'kafkajs';
import type { TransportOptions } from '../transport.ts';
import { AHEAD, createProgress, type Progress } from './progress.ts';
import type { Reader } from './reader.ts';

/** From so many on nothing more is fetched, until half of them are done. */
const FULL = 100;

interface PartitionOptions {
  readonly reader: Reader;
  readonly name: string;
  /** Behind the last message that was there when this member got the partition; undefined where it is not known. */
  readonly end: Promise<bigint | undefined>;
  /** The group goes on from that offset. */
  commit(offset: bigint): Promise<void>;
  /** Stops fetching, and goes on. */
  hold(): void;
  release(): void;
  readonly log: TransportOptions['log'];
}

export interface Partition {
  push(messages: readonly KafkaMessage[]): void;
  /** It belongs to another member now: what is in hand is not committed by us. */
  end(): void;
}

export function startPartition({ reader, name, log, ...options }: PartitionOptions): Partition {
  const lost = new AbortController();
  const isOver = () => lost.signal.aborted || reader.stopping;
  let queue: KafkaMessage[] = [];
  let first: bigint | undefined;
  let last = -1n;
  let progress: Progress | undefined;
  let isHeld = false;
  let isWorking = false;

  async function work(): Promise<void> {
    isWorking = true;
    for (let message = queue[0]; message && !isOver(); message = queue[0]) {
      const offset = BigInt(message.offset);
      first ??= offset;
      progress ??= createProgress(offset, {
        ...{ name, log, lost: lost.signal, track: reader.track },
        commit: options.commit,
        isStopping: () => reader.stopping,
      });
      const redelivered = offset < first + AHEAD && (await mayBeKnown(offset));
      if (!(await reader.settle(message, { redelivered, up: lost.signal }))) break;
      queue.shift();
      await progress.reached(offset + 1n);
      if (isHeld && queue.length <= FULL / 2) release();
    }
    isWorking = false;
  }

  /** It was there before us, so another member may have had it in hand, and may have died of it. */
  async function mayBeKnown(offset: bigint): Promise<boolean> {
    const end = await options.end;
    return end === undefined || offset < end;
  }

  function release(): void {
    isHeld = false;
    options.release();
  }

  return {
    push: (messages) => {
      // After a rebalance what is queued is fetched again.
      const isKnown = ({ offset }: KafkaMessage) => queue.length > 0 && BigInt(offset) <= last;
      const fresh = messages.filter((message) => !isKnown(message));
      queue.push(...fresh);
      last = BigInt(queue.at(-1)?.offset ?? last);
      if (!isHeld && queue.length >= FULL) {
        isHeld = true;
        options.hold();
      }
      if (!isWorking && queue.length > 0) reader.track(work());
    },
    end: () => {
      lost.abort();
      queue = [];
      // The client would remember it, should the partition come back.
      if (isHeld) release();
    },
  };
}
