// Which messages were handled. The row is written in the handler's transaction, so a message has its effect
// once, however often it comes.
import { createHash } from 'node:crypto';
import { canonical } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import { PermanentError } from './failure.ts';

interface Seen {
  /** Consumer group. */
  readonly consumer: string;
  readonly source: string;
  readonly id: string;
  /** See `contentOf`. */
  readonly content: Buffer;
}

/**
 * Notes a message as handled; undefined when it was before, else the time by the database's clock. Waits for a
 * concurrent transaction that handles the same message. Fails permanently when the id belongs to another content.
 */
export async function recordMessage(
  tx: Tx,
  { consumer, source, id, content }: Seen,
): Promise<Date | undefined> {
  const inserted = await tx.query<{ received_at: Date }>(
    `INSERT INTO inbox (consumer, source, id, content) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING received_at`,
    [consumer, source, id, content],
  );
  if (inserted.rows[0]) return inserted.rows[0].received_at;
  const { rows } = await tx.query<{ same: boolean }>(
    'SELECT content = $4 AS same FROM inbox WHERE consumer = $1 AND source = $2 AND id = $3',
    [consumer, source, id, content],
  );
  if (rows[0]?.same === false) throw new PermanentError('CONFLICT: its id was used for another content');
  return undefined;
}

/** Digest of what a message says; white space and the order of its fields do not matter. */
export function contentOf(type: string, data: unknown): Buffer {
  return createHash('sha256')
    .update(`${type}\n${JSON.stringify(canonical(data))}`)
    .digest();
}
