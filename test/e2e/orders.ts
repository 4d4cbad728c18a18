/** A client of the generated shop that knows only its HTTP contract. */

import { randomUUID } from 'node:crypto';
import { until } from './process.ts';

export interface OrderView {
  readonly id: string;
  readonly status: 'PENDING' | 'CONFIRMED' | 'REJECTED';
  readonly reason?: string;
  readonly history: readonly { at: string; service: string; step: string; result: string }[];
}

/** Places an order as a careful client does: one key, repeated until it is answered. Returns its id. */
export async function placeOrder(orders: string, request: object): Promise<string> {
  const key = randomUUID();
  const { id } = await until(
    async () => {
      const response = await fetch(`${orders}/api/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ userId: '1', item: 'widget', ...request }),
      });
      return response.status === 202 && ((await response.json()) as { id: string });
    },
    { what: () => 'a 202 for POST /api/orders', limitMs: 60_000 },
  );
  return id;
}

export async function getOrder(orders: string, id: string): Promise<OrderView | undefined> {
  const response = await fetch(`${orders}/api/orders/${id}`);
  return response.ok ? ((await response.json()) as OrderView) : undefined;
}

/** Waits until the order's saga has ended. */
export async function settled(orders: string, id: string, limitMs = 90_000): Promise<OrderView> {
  let last: OrderView | undefined;
  return until(
    async () => {
      last = await getOrder(orders, id);
      return last && last.status !== 'PENDING' && last;
    },
    { what: () => `order ${id} settled; last seen ${JSON.stringify(last)}`, limitMs },
  );
}

export interface Stock {
  readonly available: number;
  readonly held: number;
  readonly sold: number;
}

export async function getStock(inventory: string, item: string): Promise<Stock> {
  const response = await fetch(`${inventory}/api/inventories/${item}`);
  return (await response.json()) as Stock;
}
