import type { Tx } from '@app/chassis/database';
import type { Money } from '@app/contracts/money';
import type { Payment } from '@app/contracts/payment';
import type { Authorization } from './card-provider.ts';

interface PaymentRow {
  order_id: string;
  status: Payment['status'];
  amount: number | null;
  currency: string | null;
  reason: string | null;
}

export type Outcome =
  | { status: 'PENDING' }
  | { status: 'AUTHORIZED' }
  | { status: 'DECLINED'; reason: string };

/** Notes that the provider is going to be asked; gives the outcome so far, also that of an earlier request. */
export async function openPayment(
  tx: Tx,
  { orderId, price }: { orderId: string; price: Money },
): Promise<Outcome> {
  await tx.query(
    `INSERT INTO payments (order_id, status, amount, currency) VALUES ($1, 'PENDING', $2, $3) ON CONFLICT DO NOTHING`,
    [orderId, price.amount, price.currency],
  );
  return outcomeOf(await readPayment(tx, orderId));
}

/** Notes what the provider said; what was settled before stands. */
export async function settlePayment(
  tx: Tx,
  { orderId, authorization }: { orderId: string; authorization: Authorization },
): Promise<Outcome> {
  await tx.query(
    `UPDATE payments SET status = $2, reason = $3 WHERE order_id = $1 AND status = 'PENDING'`,
    authorization.approved ? [orderId, 'AUTHORIZED', null] : [orderId, 'DECLINED', authorization.reason],
  );
  return outcomeOf(await readPayment(tx, orderId));
}

/**
 * Whether the provider has to void something for the order. For an order it has not seen it leaves a tombstone, so
 * that a late authorization is refused.
 */
export async function needsVoid(tx: Tx, orderId: string): Promise<boolean> {
  await tx.query(`INSERT INTO payments (order_id, status) VALUES ($1, 'VOIDED') ON CONFLICT DO NOTHING`, [
    orderId,
  ]);
  const { status } = await readPayment(tx, orderId);
  return status === 'PENDING' || status === 'AUTHORIZED';
}

/** Notes that the provider has voided; a declined payment stays declined. */
export async function voidPayment(tx: Tx, orderId: string): Promise<void> {
  await tx.query(`UPDATE payments SET status = 'VOIDED' WHERE order_id = $1 AND status <> 'DECLINED'`, [
    orderId,
  ]);
}

export async function findPayment(db: Tx, orderId: string): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>('SELECT * FROM payments WHERE order_id = $1', [orderId]);
  return rows[0] && toPayment(rows[0]);
}

async function readPayment(tx: Tx, orderId: string): Promise<PaymentRow> {
  const { rows } = await tx.query<PaymentRow>('SELECT * FROM payments WHERE order_id = $1 FOR UPDATE', [
    orderId,
  ]);
  if (!rows[0]) throw new Error(`There is no payment for order ${orderId}`);
  return rows[0];
}

function outcomeOf({ status, reason }: PaymentRow): Outcome {
  if (status === 'PENDING') return { status };
  if (status === 'AUTHORIZED') return { status };
  return { status: 'DECLINED', reason: reason ?? 'voided' };
}

function toPayment({ order_id, status, amount, currency }: PaymentRow): Payment {
  const price = amount === null || currency === null ? undefined : { amount, currency };
  return { id: order_id, status, ...(price === undefined ? {} : { price }) };
}
