import { fileURLToPath } from 'node:url';
import type { Host } from '../lifecycle/part.ts';
import { purgeKeys } from './idempotency.ts';

const PURGE_EVERY_MS = 3_600_000;

/** The tables that every edge needs, whatever it speaks. */
export const edgeMigrations = fileURLToPath(new URL('../../migrations/edge', import.meta.url));

/** Purges old idempotency keys from now on; the result stops that, and resolves when nothing is being purged. */
export function startKeyPurge({ db, log }: Host): () => Promise<void> {
  let purging = Promise.resolve();
  const purge = () => {
    purging = purgeKeys(db).catch((error) => log.warn({ err: error }, 'old idempotency keys are not purged'));
  };
  const timer = setInterval(purge, PURGE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return purging;
  };
}
