import type { Tx } from '@app/chassis/database';
import type { Stock } from '@app/contracts/inventory';
import type { Money } from '@app/contracts/money';

interface StockRow {
  item: string;
  available: number;
  held: number;
  sold: number;
  price_amount: number;
  price_currency: string;
}

interface HoldRow {
  state: 'HELD' | 'REFUSED' | 'RELEASED' | 'SOLD';
  item: string;
  quantity: number;
  reason: string | null;
  price_amount: number;
  price_currency: string;
}

export type Reservation = { ok: true; price: Money } | { ok: false; reason: string };

/**
 * Holds stock for an order until it is confirmed or released. Asked again, it gives the first answer;
 * asked after a release, it refuses.
 */
export async function reserve(
  tx: Tx,
  { orderId, item, quantity }: { orderId: string; item: string; quantity: number },
): Promise<Reservation> {
  const inserted = await tx.query(
    `INSERT INTO hold (order_id, state, item, quantity) VALUES ($1, 'HELD', $2, $3) ON CONFLICT DO NOTHING`,
    [orderId, item, quantity],
  );
  if (inserted.rowCount === 0) return earlierReservation(tx, orderId);

  const taken = await tx.query<StockRow>(
    'UPDATE stock SET available = available - $2, held = held + $2 WHERE item = $1 AND available >= $2 RETURNING *',
    [item, quantity],
  );
  if (taken.rows[0]) {
    const price = priceOf(taken.rows[0], quantity);
    const sql = 'UPDATE hold SET price_amount = $2, price_currency = $3 WHERE order_id = $1';
    await tx.query(sql, [orderId, price.amount, price.currency]);
    return { ok: true, price };
  }

  const reason = 'out-of-stock';
  await tx.query(`UPDATE hold SET state = 'REFUSED', reason = $2 WHERE order_id = $1`, [orderId, reason]);
  return { ok: false, reason };
}

/**
 * Gives held stock back. For an order it has not seen it leaves a tombstone, so that a late reservation is refused.
 * Fails for sold stock: who hears that it is released would take the order for rejected.
 */
export async function release(tx: Tx, { orderId }: { orderId: string }): Promise<void> {
  const { rows } = await tx.query<HoldRow>(
    `INSERT INTO hold (order_id, state) VALUES ($1, 'RELEASED')
     ON CONFLICT (order_id) DO UPDATE SET state = 'RELEASED' WHERE hold.state = 'HELD'
     RETURNING item, quantity`,
    [orderId],
  );
  if (!rows[0] && (await isSold(tx, orderId))) throw new Error(`The stock of order ${orderId} is sold`);
  if (!rows[0]?.item) return;
  await tx.query('UPDATE stock SET available = available + $2, held = held - $2 WHERE item = $1', [
    rows[0].item,
    rows[0].quantity,
  ]);
}

/** Turns an order's held stock into sold stock; asked again, it does nothing. */
export async function confirm(tx: Tx, { orderId }: { orderId: string }): Promise<void> {
  const { rows } = await tx.query<HoldRow>(
    `UPDATE hold SET state = 'SOLD' WHERE order_id = $1 AND state = 'HELD' RETURNING item, quantity`,
    [orderId],
  );
  if (rows[0]) {
    await tx.query('UPDATE stock SET held = held - $2, sold = sold + $2 WHERE item = $1', [
      rows[0].item,
      rows[0].quantity,
    ]);
    return;
  }
  if (!(await isSold(tx, orderId))) throw new Error(`No stock is held for order ${orderId}`);
}

export async function findStock(db: Tx, item: string): Promise<Stock | undefined> {
  const { rows } = await db.query<StockRow>('SELECT * FROM stock WHERE item = $1', [item]);
  return rows[0] && toStock(rows[0]);
}

export async function listStock(db: Tx): Promise<Stock[]> {
  const { rows } = await db.query<StockRow>('SELECT * FROM stock ORDER BY item');
  return rows.map(toStock);
}

async function isSold(tx: Tx, orderId: string): Promise<boolean> {
  const sql = `SELECT 1 FROM hold WHERE order_id = $1 AND state = 'SOLD'`;
  return (await tx.query(sql, [orderId])).rowCount === 1;
}

async function earlierReservation(tx: Tx, orderId: string): Promise<Reservation> {
  const { rows } = await tx.query<HoldRow>('SELECT * FROM hold WHERE order_id = $1', [orderId]);
  const hold = rows[0];
  if (hold?.state === 'HELD' || hold?.state === 'SOLD') {
    return { ok: true, price: { amount: hold.price_amount, currency: hold.price_currency } };
  }
  return { ok: false, reason: hold?.reason ?? 'released' };
}

function priceOf(row: StockRow, quantity: number): Money {
  return { amount: row.price_amount * quantity, currency: row.price_currency };
}

function toStock({ item, available, held, sold, ...price }: StockRow): Stock {
  return { id: item, available, held, sold, price: priceOf(price as StockRow, 1) };
}
