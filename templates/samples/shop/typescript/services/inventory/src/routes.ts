import { serves } from '@app/chassis/contract';
import { notFound } from '@app/chassis/errors';
import { InventoryApi } from '@app/contracts/inventory';
import { findStock, listStock } from './stock.ts';

export const inventories = serves(InventoryApi, {
  getStock: async ({ id }, { db }) => {
    const stock = await findStock(db, id);
    if (!stock) throw notFound('Item not found');
    return stock;
  },
  listStock: async (_input, { db }) => ({ items: await listStock(db) }),
});
