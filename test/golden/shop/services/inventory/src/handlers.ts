import { handles } from '@app/chassis/messaging';
import {
  ConfirmStock,
  ReleaseStock,
  ReserveStock,
  StockConfirmed,
  StockRefused,
  StockReleased,
  StockReserved,
} from '@app/contracts/inventory';
import { confirm, release, reserve } from './stock.ts';

export const reserveStock = handles(ReserveStock, async ({ orderId, item, quantity }, { tx }) => {
  const reservation = await reserve(tx, { orderId, item, quantity });
  return reservation.ok
    ? StockReserved({ orderId, price: reservation.price })
    : StockRefused({ orderId, reason: reservation.reason });
});

export const releaseStock = handles(ReleaseStock, async ({ orderId }, { tx }) => {
  await release(tx, { orderId });
  return StockReleased({ orderId });
});

export const confirmStock = handles(ConfirmStock, async ({ orderId }, { tx }) => {
  await confirm(tx, { orderId });
  return StockConfirmed({ orderId });
});
