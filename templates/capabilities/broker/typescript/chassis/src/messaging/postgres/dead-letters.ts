import type { Database } from '../../database/index.ts';
import type { DeadLetter, Transport } from '../transport.ts';

const COLUMNS = `id, channel, subscriber AS group, type, reason, attempts, headers, body,
  failed_at AS "failedAt", first_seen_at AS "firstSeenAt"`;

type DeadLetters = Pick<Transport, 'deadLetter' | 'listDeadLetters' | 'takeDeadLetter'>;

/** The dead-letter operations of the port, on one table. */
export function deadLetters(db: Database): DeadLetters {
  return {
    deadLetter: async (letter) => {
      const { id, channel, group, type, reason, attempts, failedAt, firstSeenAt, headers, body } = letter;
      await db.query(
        `INSERT INTO dead_letter
           (id, channel, subscriber, type, reason, attempts, failed_at, first_seen_at, headers, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
        [id, channel, group, type, reason, attempts, failedAt, firstSeenAt, JSON.stringify(headers), body],
      );
    },
    listDeadLetters: async ({ channel, group, limit }) => {
      const { rows } = await db.query<Row>(
        `SELECT ${COLUMNS} FROM dead_letter WHERE channel = $1 AND subscriber = $2 ORDER BY seq LIMIT $3`,
        [channel, group, limit],
      );
      return rows.map(toLetter);
    },
    takeDeadLetter: ({ channel, group, id, replay }) => take(db, { channel, group, id, replay }),
  };
}

type Row = Omit<DeadLetter, 'failedAt' | 'firstSeenAt'> & { failedAt: Date; firstSeenAt: Date };

const toLetter = (row: Row): DeadLetter => ({
  ...row,
  failedAt: row.failedAt.toISOString(),
  firstSeenAt: row.firstSeenAt.toISOString(),
});

async function take(
  db: Database,
  { channel, group, id, replay }: Parameters<Transport['takeDeadLetter']>[0],
): Promise<boolean> {
  const { rows } = await db.query<{ seq: string }>(
    `WITH taken AS (
       DELETE FROM dead_letter WHERE channel = $1 AND subscriber = $2 AND id = $3 RETURNING seq, headers, body
     ), stored AS (
       INSERT INTO message (channel, headers, body) SELECT $1, headers, body FROM taken WHERE $4 RETURNING seq
     ), delivered AS (
       INSERT INTO delivery (message, subscriber, channel) SELECT seq, $2, $1 FROM stored
     )
     SELECT seq, pg_notify('bus_' || $1, '') FROM taken`,
    [channel, group, id, replay],
  );
  return rows.length > 0;
}
