import type { Tx } from '@app/chassis/database';
import { unprocessable } from '@app/chassis/errors';
import type { Order } from '@app/contracts/order';
import { orderPlaced } from './flow.ts';
import { findOrder, insertOrder, type NewOrder } from './orders.ts';

/**
 * Places an order: stores it and starts what follows from it, in one transaction. Placed again under the same id it is
 * the same order, unless it is for something else.
 */
export async function placeOrder(tx: Tx, order: NewOrder): Promise<Order> {
  const placed = await insertOrder(tx, order);
  if (!placed) return earlierOrder(tx, order);
  await orderPlaced(tx, order);
  return placed;
}

async function earlierOrder(tx: Tx, { id, userId, item, quantity }: NewOrder): Promise<Order> {
  const earlier = await findOrder(tx, id);
  if (earlier?.userId === userId && earlier.item === item && earlier.quantity === quantity) return earlier;
  throw unprocessable(`There is another order with the id "${id}"`);
}
