import { handles } from '@app/chassis/messaging';
import { PlaceOrder } from '@app/contracts/order';
import { placeOrder as place } from './place-order.ts';

/**
 * An order that comes as a message, from another system for instance. The user is not looked up, as for a request: its
 * sender vouches for the user.
 */
export const placeOrder = handles(PlaceOrder, async ({ orderId, ...order }, { tx }) => {
  await place(tx, { id: orderId, ...order });
});
