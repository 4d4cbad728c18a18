// Asks instances whether they are there: those that nobody lists any more, and those whose connection broke.
import { connect } from 'node:net';
import { about, pause } from '../waiting/index.ts';

const EVERY_MS = 2_000;
const RETURN_MS = 500;
const LIMIT_MS = 1_000;
/** Probes in a row that must fail: what is between us and it may fail for a moment, too. */
const FAILURES = 3;

/** Calls `onGone` for each URL whose port has refused several times, until all are gone or `signal` is aborted. */
export async function probeUntilGone(
  urls: readonly string[],
  { signal, onGone }: { signal: AbortSignal; onGone: (url: string) => void },
): Promise<void> {
  const failures = new Map(urls.map((url) => [url, 0]));
  while (failures.size > 0) {
    await pause(about(EVERY_MS), signal);
    const probed = [...failures.keys()].map(async (url) => [url, await answers(new URL(url))] as const);
    for (const [url, isThere] of await Promise.all(probed)) {
      if (signal.aborted) return;
      const failed = isThere ? 0 : (failures.get(url) ?? 0) + 1;
      failures.set(url, failed);
      if (failed < FAILURES) continue;
      failures.delete(url);
      onGone(url);
    }
  }
}

/** Ends when something listens at the URL again, or it `isWanted` no more. */
export async function untilFound(
  url: URL,
  { signal, isWanted }: { signal: AbortSignal; isWanted: () => boolean },
): Promise<void> {
  do await pause(about(RETURN_MS), signal);
  while (!signal.aborted && isWanted() && !(await answers(url)));
}

/** Whether something listens there. Which protocol it speaks does not matter. */
function answers({ hostname, port, protocol }: URL): Promise<boolean> {
  const usual = protocol === 'https:' ? 443 : 80;
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(port || usual), timeout: LIMIT_MS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
