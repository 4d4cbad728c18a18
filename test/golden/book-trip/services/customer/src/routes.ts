import { serves } from '@app/chassis/contract';
import { notFound } from '@app/chassis/errors';
import { CustomerApi } from '@app/contracts/customer';
import { createCustomer, findCustomer, listCustomers } from './store.ts';

export const customers = serves(CustomerApi, {
  getCustomer: async ({ id }, { db }) => {
    const found = await findCustomer(db, id);
    if (!found) throw notFound('Customer not found');
    return found;
  },
  listCustomers: async (page, { db }) => ({ items: await listCustomers(db, page) }),
  createCustomer: (input, { transaction }) => transaction((tx) => createCustomer(tx, input)),
});
