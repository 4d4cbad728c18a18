import { api, operation } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

const Customer = z.object({
  id: Id,
  name: z.string().min(1).max(200),
  createdAt: z.iso.datetime(),
});
export type Customer = z.infer<typeof Customer>;

const example = { id: '1', name: 'First', createdAt: '2030-01-01T12:00:00.000Z' };

export const CustomerApi = api('customer', {
  getCustomer: operation({
    summary: 'One customer',
    method: 'GET',
    path: '/api/customers/:id',
    input: z.object({ id: Id }),
    output: Customer,
    errors: ['NotFound'],
    example: { input: { id: '1' }, output: example },
  }),
  listCustomers: operation({
    summary: 'In order of their ids, a page at a time',
    method: 'GET',
    path: '/api/customers',
    input: z.object({ after: Id.optional(), limit: z.coerce.number().int().min(1).max(100).default(20) }),
    output: z.object({ items: z.array(Customer) }),
    pages: 'items',
    example: { input: { limit: 1 }, output: { items: [example] } },
  }),
  createCustomer: operation({
    summary: 'Creates one',
    method: 'POST',
    path: '/api/customers',
    status: 201,
    location: ({ id }) => `/api/customers/${id}`,
    input: z.object({
      name: z.string().min(1).max(200),
    }),
    output: Customer,
    idempotencyKey: true,
    example: {
      input: { name: example.name },
      output: example,
    },
  }),
});
