// What an operator does with messages that did not get through.
import type { Database } from '../database/index.ts';
import type { DeadLetter, Transport } from './transport.ts';

export interface OutboxRow {
  readonly seq: string;
  readonly type: string;
  readonly channel: string;
  readonly key: string;
  readonly createdAt: Date;
  /** When it was parked; null while it only waits. */
  readonly failedAt: Date | null;
  readonly reason: string | null;
}

/** Messages that are parked, or with `all` every unsent one, the oldest first. */
export async function listOutbox(
  db: Database,
  { all = false, limit }: { all?: boolean; limit: number },
): Promise<OutboxRow[]> {
  const { rows } = await db.query<OutboxRow & Record<string, unknown>>(
    `SELECT seq, type, channel, key, created_at AS "createdAt", failed_at AS "failedAt", reason
       FROM outbox WHERE published_at IS NULL AND (failed_at IS NOT NULL OR $1) ORDER BY seq LIMIT $2`,
    [all, limit],
  );
  return rows;
}

/** Sends a parked message again, before the later ones of its key; false when none of that number is parked. */
export async function retryParked(db: Database, seq: string): Promise<boolean> {
  const sql = 'UPDATE outbox SET failed_at = NULL, reason = NULL WHERE seq = $1 AND failed_at IS NOT NULL';
  return (await db.query(sql, [seq])).rowCount === 1;
}

/** Gives a parked message up, so that the later ones of its key are sent; false when none is parked. */
export async function dropParked(db: Database, seq: string): Promise<boolean> {
  return (
    (await db.query('DELETE FROM outbox WHERE seq = $1 AND failed_at IS NOT NULL', [seq])).rowCount === 1
  );
}

/**
 * Hands a dead letter to its group again, under its own id: what was handled in the meantime is not repeated.
 * A command whose time is over is left where it is.
 */
export async function replay(
  transport: Transport,
  letter: DeadLetter,
): Promise<'replayed' | 'expired' | 'gone'> {
  const expiresAt = letter.headers['expires-at'];
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()) return 'expired';
  const { channel, group, id } = letter;
  return (await transport.takeDeadLetter({ channel, group, id, replay: true })) ? 'replayed' : 'gone';
}
