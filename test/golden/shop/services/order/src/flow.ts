// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import type { Tx } from '@app/chassis/database';
import { saga, history as sagaHistory, start } from '@app/chassis/saga';
import {
  ConfirmStock,
  ReleaseStock,
  ReserveStock,
  StockConfirmed,
  StockRefused,
  StockReleased,
  StockReserved,
} from '@app/contracts/inventory';
import { OrderConfirmed, OrderRejected, PlaceOrder } from '@app/contracts/order';
import {
  AuthorizePayment,
  PaymentAuthorized,
  PaymentDeclined,
  PaymentVoided,
  VoidPayment,
} from '@app/contracts/payment';
import { type NewOrder, settleOrder } from './orders.ts';

/** What follows once an order is placed: each step in one service, undone in reverse order when a later one is refused. */
export const placeOrder = saga('place-order', {
  initiator: 'order',
  data: PlaceOrder.schema,
  key: ({ orderId }) => orderId,
  deadline: '30s',
  steps: [
    {
      service: 'inventory',
      call: ReserveStock,
      succeeded: StockReserved,
      refused: StockRefused,
      undo: ReleaseStock,
      undone: StockReleased,
    },
    {
      service: 'payment',
      call: AuthorizePayment,
      succeeded: PaymentAuthorized,
      refused: PaymentDeclined,
      undo: VoidPayment,
      undone: PaymentVoided,
      pivot: true,
    },
    { service: 'inventory', call: ConfirmStock, succeeded: StockConfirmed },
  ],
  confirm: async (tx, { orderId }) => {
    const aggregateVersion = await settleOrder(tx, { id: orderId, status: 'CONFIRMED' });
    return OrderConfirmed({ orderId }, { aggregateVersion });
  },
  reject: async (tx, { orderId }, reason) => {
    const aggregateVersion = await settleOrder(tx, { id: orderId, status: 'REJECTED', reason });
    return OrderRejected({ orderId, reason }, { aggregateVersion });
  },
});

/** Starts the saga, in the transaction that stores the order. */
export const orderPlaced = (tx: Tx, { id, ...order }: NewOrder) =>
  start(tx, placeOrder, { orderId: id, ...order });

/** What has happened to an order so far. */
export const history = (db: Tx, orderId: string) => sagaHistory(db, placeOrder, orderId);
