// Something that is begun for one piece of work, and ended however that ends.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** What ends what was begun; the last one first. */
export type Undo = (() => Promise<unknown>)[];

/** What work may take to notice that it is interrupted. */
const NOTICE_MS = 30_000;

/**
 * @param begin adds to `undo` whatever it has begun, and ends soon once the signal is aborted; the one that it is given
 * is also aborted when the work is over, so that what still waits for something then does not go on
 * @throws the signal's reason once it is aborted
 */
export async function during<T, Begun>(
  signal: AbortSignal,
  begin: (undo: Undo, signal: AbortSignal) => Promise<Begun>,
  work: (begun: Begun) => Promise<T>,
): Promise<T> {
  const undo: Undo = [];
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  // Many requests wait for it at a time.
  setMaxListeners(0, either);
  let working: Promise<T> | undefined;
  try {
    // Not left before it has ended: what it begins meanwhile would go on for ever.
    const begun = await begin(undo, either);
    signal.throwIfAborted();
    working = work(begun);
    return await Promise.race([working, interrupted(signal)]);
  } finally {
    over.abort();
    // What it does at this moment, such as a start of a server, must not meet its stop.
    if (working) await ended(working, NOTICE_MS);
    await undoAll(undo);
  }
}

/** Does all of it, also when a part fails. @throws the first failure */
export async function undoAll(undo: Undo): Promise<void> {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) await step().catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Whatever is waited for. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Waits for it, however it ends, but not for ever. */
async function ended(work: Promise<unknown>, limitMs: number): Promise<void> {
  const over = new AbortController();
  const late = sleep(limitMs, undefined, over).catch(() => {});
  await Promise.race([work.catch(() => {}), late]);
  over.abort();
}
