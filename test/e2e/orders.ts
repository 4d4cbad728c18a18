/** A client of the generated shop that knows only its HTTP contract. */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { until } from './until.ts';

/** Addresses of the services. */
export interface Shop {
  url(service: string): string;
}

export interface Order {
  readonly id: string;
  readonly status: 'PENDING' | 'CONFIRMED' | 'REJECTED';
  readonly reason?: string;
  readonly history: readonly { readonly step: string; readonly result: string }[];
}

export const paid = { userId: '1', item: 'widget', quantity: 1, cardToken: 'tok_visa' };
export const declined = { ...paid, cardToken: 'tok_declined' };

/** Places an order as a careful client does: with one key, again until it is taken. @returns its id */
export async function placeOrder(shop: Shop, request: object): Promise<string> {
  const key = randomUUID();
  let last: unknown = 'no answer';
  const { id } = await until(
    async () => {
      const response = await fetch(`${shop.url('order')}/api/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(10_000),
      });
      const body = (await response.json()) as { id: string };
      last = { status: response.status, body };
      return response.status === 202 && body;
    },
    { what: () => `a 202 for POST /api/orders; the last answer: ${JSON.stringify(last)}`, limitMs: 120_000 },
  );
  return id;
}

/** An order as it is now; undefined where there is none. */
export function getOrder(shop: Shop, id: string): Promise<Order | undefined> {
  return get<Order>(`${shop.url('order')}/api/orders/${id}`);
}

/** Waits until the order's saga has ended. */
export async function settled(shop: Shop, id: string): Promise<Order> {
  let last: Order | undefined;
  return until(
    async () => {
      last = await getOrder(shop, id);
      return last && last.status !== 'PENDING' && last;
    },
    { what: () => `an end of order ${id}; last seen ${JSON.stringify(last)}`, limitMs: 180_000 },
  );
}

export interface Stock {
  readonly available: number;
  readonly held: number;
  readonly sold: number;
}

export async function getStock(shop: Shop): Promise<Stock> {
  const stock = await get<Stock>(`${shop.url('inventory')}/api/inventories/${paid.item}`);
  if (!stock) throw new Error(`There is no ${paid.item}`);
  return { available: stock.available, held: stock.held, sold: stock.sold };
}

/** Waits until nothing is held any more, and compares: what was sold is all that is missing. */
export async function expectSold(
  shop: Shop,
  { before, sold }: { before: Stock; sold: number },
): Promise<void> {
  await until(async () => (await getStock(shop)).held === 0, {
    what: () => 'stock of which nothing is held',
    limitMs: 60_000,
  });
  const { available } = before;
  expect(await getStock(shop)).toEqual({ available: available - sold, held: 0, sold: before.sold + sold });
}

/** AUTHORIZED, DECLINED or VOIDED; undefined where payment has not heard of the order. */
export async function paymentOf(shop: Shop, id: string): Promise<string | undefined> {
  return (await get<{ status: string }>(`${shop.url('payment')}/api/payments/${id}`))?.status;
}

async function get<T>(url: string): Promise<T | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
