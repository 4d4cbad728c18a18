// Tells when the handling of a message does not end. Such a message occupies one of the few places for messages in hand,
// and on some brokers holds up all that come after it. Only a restart helps: then it is tried alone, a limited number of
// times, and ends as a dead letter.
import type { Receive } from './consumer.ts';
import { STALLED_MS } from './loop.ts';

export interface Handling {
  /** By channel; the same, watched. */
  readonly receivers: ReadonlyMap<string, Receive>;
  /** What has been under way for longer than any may take. */
  stalled(): string | undefined;
}

/** `now`: milliseconds of a monotonic clock. */
export function watchHandling(
  receivers: ReadonlyMap<string, Receive>,
  now: () => number = () => performance.now(),
): Handling {
  /** In the order of their begin. */
  const inHand = new Set<{ readonly channel: string; readonly since: number }>();
  const watched = [...receivers].map(([channel, receive]): [string, Receive] => [
    channel,
    async (message) => {
      const one = { channel, since: now() };
      inHand.add(one);
      try {
        return await receive(message);
      } finally {
        inHand.delete(one);
      }
    },
  ]);
  return {
    receivers: new Map(watched),
    stalled: () => {
      const [oldest] = inHand;
      return oldest && now() - oldest.since > STALLED_MS ? `handling of ${oldest.channel}` : undefined;
    },
  };
}
