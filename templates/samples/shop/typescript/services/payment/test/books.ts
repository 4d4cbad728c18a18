import type { Books } from '@app/chassis/saga';
import { startProvider } from './provider.ts';

const STATES = { PENDING: 'open', AUTHORIZED: 'done', DECLINED: 'undone', VOIDED: 'undone' } as const;

interface PaymentRow {
  key: string;
  state: keyof typeof STATES;
  amount: number | null;
}

/** What this service has done for each order, for the fault test. */
export const books: Books = {
  service: 'payment',
  steps: ['payment'],
  entries: async (db) => {
    const { rows } = await db.query<PaymentRow>(
      'SELECT order_id AS key, status AS state, amount FROM payments',
    );
    return rows.map(({ key, state, amount }) => ({
      key,
      step: 'payment',
      state: STATES[state],
      facts: { amount },
    }));
  },
  outside: startProvider,
};
