import type { Ingress } from '@app/chassis/messaging';
import { PlaceOrder } from '@app/contracts/order';
import { z } from 'zod';

const BareOrder = z.strictObject({ order_id: z.string(), item: z.string() });

/** Customer of orders that name none; a user of the seeded ones. */
const DEFAULT_USER = '1';

/**
 * Orders of systems that know nothing of our messages: a bare `{"order_id","item"}` on `orders` places one piece for
 * the default customer. The order's id is the message's, so the same message twice is one order.
 */
const bareOrder: Ingress = (body) => {
  const { success, data } = BareOrder.safeParse(body);
  if (!success) return undefined;
  const { order_id: orderId, item } = data;
  return {
    type: PlaceOrder.type,
    id: orderId,
    source: 'orders',
    data: { orderId, item, userId: DEFAULT_USER },
  };
};

export const ingress = { orders: bareOrder };
