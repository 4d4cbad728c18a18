import { api, command, operation, reply } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';
import { Money } from './money.ts';

const Payment = z.object({
  id: Id.describe('The order that is paid'),
  status: z.enum(['PENDING', 'AUTHORIZED', 'DECLINED', 'VOIDED']),
  price: Money.optional(),
});
export type Payment = z.infer<typeof Payment>;

export const PaymentApi = api('payment', {
  getPayment: operation({
    summary: 'The payment of one order',
    method: 'GET',
    path: '/api/payments/:id',
    input: z.object({ id: Id }),
    output: Payment,
    errors: ['NotFound'],
    example: {
      input: { id: '12345' },
      output: { id: '12345', status: 'AUTHORIZED', price: { amount: 1999, currency: 'EUR' } },
    },
  }),
});

const Order = z.object({ orderId: Id });
const byOrder = ({ orderId }: { orderId: string }) => orderId;
const example = { orderId: '12345' };

export const AuthorizePayment = command('AuthorizePayment', {
  channel: 'payments',
  key: byOrder,
  schema: Order.extend({ price: Money, cardToken: z.string().min(1).max(200) }),
  example: { orderId: '12345', price: { amount: 1999, currency: 'EUR' }, cardToken: 'tok_visa' },
});
export const PaymentAuthorized = reply('PaymentAuthorized', { key: byOrder, schema: Order, example });
export const PaymentDeclined = reply('PaymentDeclined', {
  key: byOrder,
  schema: Order.extend({ reason: z.string() }),
  example: { orderId: '12345', reason: 'declined' },
});

export const VoidPayment = command('VoidPayment', {
  channel: 'payments',
  key: byOrder,
  schema: Order,
  example,
});
export const PaymentVoided = reply('PaymentVoided', { key: byOrder, schema: Order, example });
