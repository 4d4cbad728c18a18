import type { Tx } from '@app/chassis/database';
import type { Trip } from '@app/contracts/trip';

export interface NewTrip {
  readonly id: string;
  readonly customerId: string;
  readonly fail?: string | undefined;
}

interface Row {
  id: string;
  status: Trip['status'];
  reason: string | null;
  created_at: Date;
}

/** Stores it as PENDING: nobody may treat it as settled until its saga has ended. Undefined where the id is taken. */
export async function insertTrip(tx: Tx, request: NewTrip): Promise<Trip | undefined> {
  const { rows } = await tx.query<Row>(
    `INSERT INTO trips (id, customer_id)
     VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING *`,
    [request.id, request.customerId],
  );
  return rows[0] && toTrip(rows[0]);
}

export async function findTrip(db: Tx, id: string): Promise<Trip | undefined> {
  const { rows } = await db.query<Row>('SELECT * FROM trips WHERE id = $1', [id]);
  return rows[0] && toTrip(rows[0]);
}

/** Settles a pending one and returns its new version. */
export async function settleTrip(
  tx: Tx,
  { id, status, reason }: { id: string; status: 'CONFIRMED' | 'REJECTED'; reason?: string },
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>(
    `UPDATE trips SET status = $2, reason = $3, version = version + 1
     WHERE id = $1 AND status = 'PENDING' RETURNING version`,
    [id, status, reason ?? null],
  );
  if (!rows[0]) throw new Error(`Trip ${id} is not pending`);
  return rows[0].version;
}

function toTrip({ id, status, reason, created_at }: Row): Trip {
  return { id, status, ...(reason === null ? {} : { reason }), createdAt: created_at.toISOString() };
}
