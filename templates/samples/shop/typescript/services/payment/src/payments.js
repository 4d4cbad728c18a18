/** Notes that the provider is going to be asked; gives the outcome so far, also that of an earlier request. */
export async function openPayment(tx, { orderId, price }) {
    await tx.query(`INSERT INTO payments (order_id, status, amount, currency) VALUES ($1, 'PENDING', $2, $3) ON CONFLICT DO NOTHING`, [orderId, price.amount, price.currency]);
    return outcomeOf(await readPayment(tx, orderId));
}
/** Notes what the provider said; what was settled before stands. */
export async function settlePayment(tx, { orderId, authorization }) {
    await tx.query(`UPDATE payments SET status = $2, reason = $3 WHERE order_id = $1 AND status = 'PENDING'`, authorization.approved ? [orderId, 'AUTHORIZED', null] : [orderId, 'DECLINED', authorization.reason]);
    return outcomeOf(await readPayment(tx, orderId));
}
/**
 * Whether the provider has to void something for the order. For an order it has not seen it leaves a tombstone, so
 * that a late authorization is refused.
 */
export async function needsVoid(tx, orderId) {
    await tx.query(`INSERT INTO payments (order_id, status) VALUES ($1, 'VOIDED') ON CONFLICT DO NOTHING`, [
        orderId,
    ]);
    const { status } = await readPayment(tx, orderId);
    return status === 'PENDING' || status === 'AUTHORIZED';
}
/** Notes that the provider has voided; a declined payment stays declined. */
export async function voidPayment(tx, orderId) {
    await tx.query(`UPDATE payments SET status = 'VOIDED' WHERE order_id = $1 AND status <> 'DECLINED'`, [
        orderId,
    ]);
}
export async function findPayment(db, orderId) {
    const { rows } = await db.query('SELECT * FROM payments WHERE order_id = $1', [orderId]);
    return rows[0] && toPayment(rows[0]);
}
async function readPayment(tx, orderId) {
    const { rows } = await tx.query('SELECT * FROM payments WHERE order_id = $1 FOR UPDATE', [
        orderId,
    ]);
    if (!rows[0])
        throw new Error(`There is no payment for order ${orderId}`);
    return rows[0];
}
function outcomeOf({ status, reason }) {
    if (status === 'PENDING')
        return { status };
    if (status === 'AUTHORIZED')
        return { status };
    return { status: 'DECLINED', reason: reason ?? 'voided' };
}
function toPayment({ order_id, status, amount, currency }) {
    const price = amount === null || currency === null ? undefined : { amount, currency };
    return { id: order_id, status, ...(price === undefined ? {} : { price }) };
}
