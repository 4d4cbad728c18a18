import { event } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

export const CustomerCreated = event('CustomerCreated', {
  channel: 'customer-events',
  key: ({ customerId }) => customerId,
  schema: z.object({ customerId: Id }),
  example: { customerId: '1' },
});
