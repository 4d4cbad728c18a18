// Consuming one queue of the embedded broker.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../database/index.ts';
import { fullJitter } from '../../waiting/index.ts';
import { startLoop } from '../loop.ts';
import type { Consumer, Transport, TransportOptions, Verdict } from '../transport.ts';
import { acknowledge, claimFresh, claimLater, type Delivery, giveBack, leaseMs } from './claims.ts';

const POLL_MS = 1_000;
const PAUSE = { firstMs: 200, longestMs: 5_000 };
const SETTLE = { firstMs: 50, longestMs: 1_000 };

/** One message that was tried before at a time, in the whole process: see `claimLater`. */
export interface Lane {
  busy: boolean;
}

type ConsumerOptions = Parameters<Transport['consume']>[0] & {
  readonly db: Database;
  readonly lane: Lane;
  readonly ready: () => boolean;
  readonly log: TransportOptions['log'];
};

/**
 * Hands messages to `handle`. New ones are claimed in batches, later attempts one at a time: what kills the
 * process then costs its neighbours no more than the first attempt they shared.
 */
export function startConsumer(options: ConsumerOptions): Consumer & { wake(): void } {
  const { db, lane, group, prefetch, log, ready } = options;
  const inHand = new Set<Promise<void>>();
  const acknowledgements = acknowledger(db, group);
  let pauses = 0;
  let resumeAt = 0;

  const loop = startLoop({
    name: `consumer of ${options.channel}`,
    log,
    pollMs: POLL_MS,
    pass: async () => {
      // After a pause a single message goes ahead, to find out whether the service works again.
      const free = (pauses > 0 ? 1 : prefetch) - inHand.size;
      if (!ready() || free <= 0 || performance.now() < resumeAt) return false;
      const fresh = await claimFresh(db, options, free);
      for (const delivery of fresh) begin(delivery);
      const later = fresh.length < free && (await beginLater());
      return fresh.length > 0 || later;
    },
  });

  async function beginLater(): Promise<boolean> {
    if (lane.busy) return false;
    lane.busy = true;
    let delivery: Delivery | undefined;
    const leave = () => {
      lane.busy = false;
    };
    try {
      delivery = await claimLater(db, options);
      if (delivery) begin(delivery, leave);
    } finally {
      if (!delivery) leave();
    }
    return delivery !== undefined;
  }

  function begin(delivery: Delivery, ended = () => {}): void {
    const work = handle(delivery).finally(() => {
      ended();
      inHand.delete(work);
      loop.wake();
    });
    inHand.add(work);
  }

  async function handle(delivery: Delivery): Promise<void> {
    const { headers, body, attempts, created_at: firstSeenAt } = delivery;
    const { channel } = options;
    const message = { channel, group, headers, body: Buffer.from(body), firstSeenAt };
    const verdict = await options.handle({ ...message, attempt: attempts, redelivered: attempts > 1 });
    if (verdict.action === 'pause') holdBack(verdict.reason);
    else pauses = 0;
    await settle(delivery, verdict);
  }

  function holdBack(reason: string): void {
    if (performance.now() < resumeAt) return;
    const delayMs = fullJitter(pauses++, PAUSE);
    resumeAt = performance.now() + delayMs;
    setTimeout(loop.wake, delayMs).unref();
    log.warn({ channel: options.channel, reason, delayMs }, 'Consumer pauses');
  }

  /** Tries until the lease runs out: then the message is someone else's. */
  async function settle(delivery: Delivery, verdict: Verdict): Promise<void> {
    const end = performance.now() + leaseMs;
    for (let failures = 0; performance.now() < end; failures++) {
      try {
        if (verdict.action === 'done') await acknowledgements(delivery);
        else await giveBack(db, { group, delivery, verdict });
        if (verdict.action === 'retry') setTimeout(loop.wake, verdict.delayMs).unref();
        return;
      } catch (error) {
        log.warn({ message: delivery.message, err: error }, 'A message could not be settled, trying again');
        await sleep(fullJitter(failures, SETTLE));
      }
    }
  }

  const stop = async () => {
    await loop.stop();
    await Promise.all(inHand);
  };
  return { wake: loop.wake, stop };
}

/** Acknowledges together what was handled while the last acknowledgement was under way. */
function acknowledger(db: Database, group: string): (delivery: Delivery) => Promise<void> {
  let waiting: Delivery[] = [];
  let next: Promise<void> | undefined;
  let current: Promise<unknown> = Promise.resolve();
  return (delivery) => {
    waiting.push(delivery);
    next ??= current.then(() => {
      const batch = waiting;
      waiting = [];
      next = undefined;
      const done = acknowledge(db, group, batch);
      current = done.catch(() => {}); // Told to all who wait for it.
      return done;
    });
    return next;
  };
}
