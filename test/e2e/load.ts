/** Customers who go on placing orders, whatever happens to the system. */

import { setTimeout as sleep } from 'node:timers/promises';
import { declined, paid, placeOrder, type Shop } from './orders.ts';
import { until } from './until.ts';

export interface Load {
  /** Waits until so many more orders are placed. */
  more(count: number): Promise<void>;
  isDeclined(id: string): boolean;
  /** Places no more. @returns the ids of all */
  stop(): Promise<readonly string[]>;
}

/** Their pace: what is tested is that all ends well, not how fast. */
const pauseMs = 250;

/** One order after the other; every fifth card is declined. */
export function startLoad(shop: Shop): Load {
  const placed: string[] = [];
  const withDeclined = new Set<string>();
  let isOpen = true;
  const customers = (async () => {
    while (isOpen) {
      const isDeclined = placed.length % 5 === 4;
      const id = await placeOrder(shop, isDeclined ? declined : paid);
      placed.push(id);
      if (isDeclined) withDeclined.add(id);
      await sleep(pauseMs);
    }
  })();
  customers.catch(() => {}); // Whoever stops them is told.
  return {
    isDeclined: (id) => withDeclined.has(id),
    more: async (count) => {
      const goal = placed.length + count;
      await until(async () => placed.length >= goal, {
        what: () => `${goal} orders placed`,
        limitMs: 180_000,
      });
    },
    stop: async () => {
      isOpen = false;
      await customers;
      return placed;
    },
  };
}
