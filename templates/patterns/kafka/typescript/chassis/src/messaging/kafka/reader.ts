// What reads one channel for a group: how many of its messages are in hand at once, and what becomes of each.
import type { KafkaMessage } from 'kafkajs';
import { fullJitter, pause } from '../../waiting/index.ts';
import type { IncomingMessage, Transport, TransportOptions, Verdict } from '../transport.ts';
import { headersOf } from './headers.ts';

const HOLD = { firstMs: 500, longestMs: 10_000 };

type ReaderOptions = Parameters<Transport['consume']>[0] & { readonly log: TransportOptions['log'] };

export interface Reader {
  readonly channel: string;
  /** True once `stop` was called. */
  readonly stopping: boolean;
  /** Hands a message out until it is done; false where `given.up` or the end of reading came first. */
  settle(message: KafkaMessage, given: { redelivered: boolean; up: AbortSignal }): Promise<boolean>;
  /** Keeps `stop` waiting. */
  track(work: Promise<void>): void;
  /** Hands out no more; resolves when what is in hand is settled. */
  stop(): Promise<void>;
}

export function createReader({ channel, group, prefetch, handle, log }: ReaderOptions): Reader {
  const stopping = new AbortController();
  const inHand = new Set<Promise<void>>();
  const slots = createSlots(prefetch);

  async function handOut(
    toMessage: () => IncomingMessage,
    isOver: () => boolean,
  ): Promise<Verdict | undefined> {
    await slots.take();
    try {
      return isOver() ? undefined : await handle(toMessage());
    } catch (error) {
      return crashed(error as Error);
    } finally {
      slots.give();
    }
  }

  return {
    channel,
    get stopping() {
      return stopping.signal.aborted;
    },
    /** While the service cannot work the message is held, and with it its partition; the others go on. */
    settle: async (record, { redelivered, up }) => {
      const isOver = () => stopping.signal.aborted || up.aborted;
      const toMessage = () => incoming(record, { channel, group, redelivered });
      for (let attempt = 0; !isOver(); attempt++) {
        const verdict = await handOut(toMessage, isOver);
        if (verdict?.action === 'done') return true;
        if (!verdict) break;
        log.warn({ channel, reason: verdict.reason }, 'A message is held: the service cannot work now');
        // Only for a wait: on Node 20 the older signals remember every one that was made of them.
        await pause(fullJitter(attempt, HOLD), AbortSignal.any([stopping.signal, up]));
      }
      return false;
    },
    track: (work) => {
      inHand.add(work);
      void work.finally(() => inHand.delete(work));
    },
    stop: async () => {
      stopping.abort();
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}

function incoming(
  { headers, value, timestamp }: KafkaMessage,
  place: Pick<IncomingMessage, 'channel' | 'group' | 'redelivered'>,
): IncomingMessage {
  const firstSeenAt = new Date(Number(timestamp));
  return {
    ...place,
    headers: headersOf(headers),
    body: value ?? Buffer.alloc(0),
    ...(Number.isNaN(firstSeenAt.getTime()) ? {} : { firstSeenAt }),
  };
}

/** `handle` answers and does not throw: an error is a fault of this process, and the message is not to blame. */
function crashed(error: Error): Verdict {
  return { action: 'pause', reason: error.message };
}

/** At most `count` at a time; the others wait in line. */
function createSlots(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    take: (): Promise<void> | undefined => {
      if (free > 0) {
        free -= 1;
        return undefined;
      }
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    give: (): void => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
