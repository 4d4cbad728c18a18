import type { Tx } from '../database/index.ts';
import type { LogEntry } from './decide.ts';

export interface HistoryEntry extends LogEntry {
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** A stuck saga asks again every few minutes until someone helps: an answer has room for the newest entries. */
const NEWEST = 1_000;

/** What has happened in the saga `name` with this key, in order; empty when there is none. */
export async function history(
  tx: Tx,
  { name }: { readonly name: string },
  key: string,
): Promise<HistoryEntry[]> {
  const { rows } = await tx.query<Omit<LogEntry, 'reason'> & { at: Date; reason: string | null }>(
    `SELECT at, service, step, result, reason FROM (
       SELECT * FROM saga_log WHERE saga = $1 AND key = $2 ORDER BY seq DESC LIMIT ${NEWEST}) AS newest
      ORDER BY seq`,
    [name, key],
  );
  return rows.map(({ at, reason, ...entry }) => ({
    at: at.toISOString(),
    ...entry,
    ...(reason === null ? {} : { reason }),
  }));
}
