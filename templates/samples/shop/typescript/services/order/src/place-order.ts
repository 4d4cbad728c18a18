import type { Tx } from '@app/chassis/database';
import type { Order } from '@app/contracts/order';
import { orderPlaced } from './flow.ts';
import { insertOrder, type NewOrder } from './orders.ts';

/** Places an order: stores it and starts what follows from it, in one transaction. */
export async function placeOrder(tx: Tx, order: NewOrder): Promise<Order> {
  const placed = await insertOrder(tx, order);
  await orderPlaced(tx, order);
  return placed;
}
