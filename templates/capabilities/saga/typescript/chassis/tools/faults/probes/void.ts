import { setTimeout as sleep } from 'node:timers/promises';
import type { Storm } from '../storm.ts';
import type { Victim } from '../victim.ts';
import { wait } from '../wait.ts';

/** Where it cannot be seen that it was sent: the relay looks once a second. */
const UNSEEN_MS = 5_000;
const LIMIT_MS = 120_000;

/**
 * What `sender` sends reaches the broker no more: through a link from the piece on that holds `bait`, else from now on.
 * @returns what waits until that was sent
 */
export async function openVoid(
  { system: { broker, signal } }: Storm,
  { broker: link }: Victim,
  bait: string,
): Promise<() => Promise<unknown>> {
  if (!link) {
    await broker.freeze?.();
    return () => sleep(UNSEEN_MS, undefined, { signal });
  }
  link.swallowFrom(bait);
  const isSent = () => link.mode === 'swallowing';
  return () => wait(isSent, { limitMs: LIMIT_MS, what: 'it is sent into the void', signal });
}
