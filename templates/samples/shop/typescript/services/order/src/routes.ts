import { randomUUID } from 'node:crypto';
import { serves } from '@app/chassis/contract';
import { notFound, ServiceError, unprocessable } from '@app/chassis/errors';
import type { Client } from '@app/chassis/rpc';
import { OrderApi } from '@app/contracts/order';
import type { UserApi } from '@app/contracts/user';
import { history } from './flow.ts';
import { findOrder } from './orders.ts';
import { placeOrder } from './place-order.ts';

/** The order API; `users` is the user service, which knows who may order. */
export const orders = ({ users }: { users: Client<typeof UserApi> }) =>
  serves(OrderApi, {
    placeOrder: async (input, context) => {
      await users.getUser({ id: input.userId }, context).catch((error: unknown) => {
        if (error instanceof ServiceError && error.code === 'NotFound') {
          throw unprocessable(`User "${input.userId}" does not exist`);
        }
        throw error;
      });
      return context.transaction((tx) => placeOrder(tx, { id: randomUUID(), ...input }));
    },
    getOrder: async ({ id }, { db }) => {
      const order = await findOrder(db, id);
      if (!order) throw notFound('Order not found');
      return { ...order, history: await history(db, id) };
    },
  });
