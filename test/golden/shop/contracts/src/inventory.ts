import { api, command, operation, reply } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';
import { Money } from './money.ts';

const Stock = z.object({
  id: Id.describe('The item'),
  available: z.int().nonnegative(),
  held: z.int().nonnegative(),
  sold: z.int().nonnegative(),
  price: Money,
});
export type Stock = z.infer<typeof Stock>;

const widget: Stock = {
  id: 'widget',
  available: 98,
  held: 1,
  sold: 1,
  price: { amount: 1999, currency: 'EUR' },
};

export const InventoryApi = api('inventory', {
  getStock: operation({
    summary: 'Stock of one item',
    method: 'GET',
    path: '/api/inventories/:id',
    input: z.object({ id: Id }),
    output: Stock,
    errors: ['NotFound'],
    example: { input: { id: 'widget' }, output: widget },
  }),
  listStock: operation({
    summary: 'Stock of all items',
    method: 'GET',
    path: '/api/inventories',
    input: z.object({}),
    output: z.object({ items: z.array(Stock) }),
    example: { input: {}, output: { items: [widget] } },
  }),
});

const Order = z.object({ orderId: Id });
const byOrder = ({ orderId }: { orderId: string }) => orderId;
const example = { orderId: '12345' };

export const ReserveStock = command('ReserveStock', {
  channel: 'inventories',
  key: byOrder,
  schema: Order.extend({ item: z.string().min(1).max(64), quantity: z.int().positive() }),
  example: { orderId: '12345', item: 'widget', quantity: 1 },
});
export const StockReserved = reply('StockReserved', {
  key: byOrder,
  schema: Order.extend({ price: Money.describe('For the whole quantity') }),
  example: { orderId: '12345', price: { amount: 1999, currency: 'EUR' } },
});
export const StockRefused = reply('StockRefused', {
  key: byOrder,
  schema: Order.extend({ reason: z.string() }),
  example: { orderId: '12345', reason: 'out-of-stock' },
});

export const ReleaseStock = command('ReleaseStock', {
  channel: 'inventories',
  key: byOrder,
  schema: Order,
  example,
});
export const StockReleased = reply('StockReleased', { key: byOrder, schema: Order, example });

export const ConfirmStock = command('ConfirmStock', {
  channel: 'inventories',
  key: byOrder,
  schema: Order,
  example,
});
export const StockConfirmed = reply('StockConfirmed', { key: byOrder, schema: Order, example });
