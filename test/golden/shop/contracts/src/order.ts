import { api, command, event, operation } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

/** What a client asks for. */
const OrderRequest = z.object({
  userId: Id,
  item: z.string().min(1).max(64),
  quantity: z.int().min(1).max(1000).default(1),
  cardToken: z.string().min(1).max(200).default('tok_visa'),
});

export const HistoryEntry = z.object({
  at: z.iso.datetime(),
  service: z.string(),
  step: z.string(),
  result: z.string(),
  reason: z.string().optional(),
});

const Order = z.object({
  id: Id,
  userId: Id,
  item: z.string(),
  quantity: z.int(),
  status: z.enum(['PENDING', 'CONFIRMED', 'REJECTED']),
  reason: z.string().optional(),
  createdAt: z.iso.datetime(),
});
export type Order = z.infer<typeof Order>;

const OrderWithHistory = Order.extend({ history: z.array(HistoryEntry) });

const placed: Order = {
  id: '12345',
  userId: '1',
  item: 'widget',
  quantity: 1,
  status: 'PENDING',
  createdAt: '2030-01-01T12:00:00.000Z',
};

export const OrderApi = api('order', {
  placeOrder: operation({
    summary: 'Places an order; it is settled later',
    method: 'POST',
    path: '/api/orders',
    status: 202,
    location: (order) => `/api/orders/${order.id}`,
    input: OrderRequest,
    output: Order,
    idempotencyKey: true,
    errors: ['Unprocessable', 'Unavailable', 'DeadlineExceeded'],
    example: { input: { userId: '1', item: 'widget', quantity: 1, cardToken: 'tok_visa' }, output: placed },
  }),
  getOrder: operation({
    summary: 'An order and the history of its saga',
    method: 'GET',
    path: '/api/orders/:id',
    input: z.object({ id: Id }),
    output: OrderWithHistory,
    watch: { name: 'watchOrder', settled: ({ status }) => status !== 'PENDING' },
    errors: ['NotFound'],
    example: {
      input: { id: '12345' },
      output: {
        ...placed,
        history: [
          { at: '2030-01-01T12:00:00.010Z', service: 'inventory', step: 'ReserveStock', result: 'sent' },
        ],
      },
    },
  }),
});

const byOrder = ({ orderId }: { orderId: string }) => orderId;

export const PlaceOrder = command('PlaceOrder', {
  channel: 'orders',
  key: byOrder,
  schema: OrderRequest.extend({ orderId: Id }),
  example: { orderId: '12345', userId: '1', item: 'widget', quantity: 1, cardToken: 'tok_visa' },
});

export const OrderConfirmed = event('OrderConfirmed', {
  channel: 'order-events',
  key: byOrder,
  schema: z.object({ orderId: Id }),
  example: { orderId: '12345' },
});
export const OrderRejected = event('OrderRejected', {
  channel: 'order-events',
  key: byOrder,
  schema: z.object({ orderId: Id, reason: z.string() }),
  example: { orderId: '12345', reason: 'declined' },
});
