import type { Tx } from '@app/chassis/database';
import type { Order } from '@app/contracts/order';

export interface NewOrder {
  readonly id: string;
  readonly userId: string;
  readonly item: string;
  readonly quantity: number;
  readonly cardToken: string;
}

interface OrderRow {
  id: string;
  user_id: string;
  item: string;
  quantity: number;
  status: Order['status'];
  reason: string | null;
  created_at: Date;
}

/**
 * Stores an order as PENDING: nobody may treat it as settled until its saga has ended. Undefined when there is an
 * order of this id.
 */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<Order | undefined> {
  const { id, userId, item, quantity } = order;
  const { rows } = await tx.query<OrderRow>(
    `INSERT INTO orders (id, user_id, item, quantity) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO NOTHING RETURNING *`,
    [id, userId, item, quantity],
  );
  return rows[0] && toOrder(rows[0]);
}

export async function findOrder(db: Tx, id: string): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>('SELECT * FROM orders WHERE id = $1', [id]);
  return rows[0] && toOrder(rows[0]);
}

/** Settles a pending order and returns its new version. */
export async function settleOrder(
  tx: Tx,
  { id, status, reason }: { id: string; status: 'CONFIRMED' | 'REJECTED'; reason?: string },
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>(
    `UPDATE orders SET status = $2, reason = $3, version = version + 1
     WHERE id = $1 AND status = 'PENDING' RETURNING version`,
    [id, status, reason ?? null],
  );
  if (!rows[0]) throw new Error(`Order ${id} is not pending`);
  return rows[0].version;
}

function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    userId: row.user_id,
    item: row.item,
    quantity: row.quantity,
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: row.created_at.toISOString(),
  };
}
