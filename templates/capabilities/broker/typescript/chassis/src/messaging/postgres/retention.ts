import { milliseconds } from '../../config/index.ts';
import { type Database, NOW } from '../../database/index.ts';
import { DEAD_LETTER_RETENTION } from '../retention.ts';

const BATCH = 1_000;

/** Removes a portion of what nobody needs any more; true when there may be more. */
export async function purge(db: Database): Promise<boolean> {
  // A minute is kept after every subscriber is done, so that what a publisher in doubt sends again is recognized.
  const messages = await db.query(
    `DELETE FROM message WHERE seq IN (
       SELECT seq FROM message m WHERE created_at < ${NOW} - interval '1 minute'
          AND NOT EXISTS (SELECT FROM delivery WHERE message = m.seq)
        ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [BATCH],
  );
  await db.query(`DELETE FROM dead_letter WHERE failed_at < ${NOW} - $1 * interval '1 ms'`, [
    milliseconds(DEAD_LETTER_RETENTION),
  ]);
  return messages.rowCount === BATCH;
}
