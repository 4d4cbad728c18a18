import type { Books } from '@app/chassis/saga';

const STATES = { HELD: 'open', SOLD: 'done', REFUSED: 'undone', RELEASED: 'undone' } as const;

interface HoldRow {
  key: string;
  state: keyof typeof STATES;
  item: string | null;
  quantity: number | null;
}

/** As the migrations stock the shelves. */
const SEEDED: Readonly<Record<string, number>> = { widget: 1_000_000, gadget: 1_000, antique: 1 };

interface StockRow {
  item: string;
  available: number;
  held: number;
  sold: number;
  noted: number;
}

/** What this service has done for each order, for the fault test. */
export const books: Books = {
  service: 'inventory',
  steps: ['stock'],
  entries: async (db) => {
    const { rows } = await db.query<HoldRow>('SELECT order_id AS key, state, item, quantity FROM hold');
    return rows.map(({ key, state, item, quantity }) => ({
      key,
      step: 'stock',
      state: STATES[state],
      facts: { item, quantity },
    }));
  },
  audit: async (db) => {
    const { rows } = await db.query<StockRow>(
      `SELECT item, available, held, sold, coalesce(noted, 0)::int AS noted FROM stock LEFT JOIN (
         SELECT item, sum(quantity) AS noted FROM hold WHERE state = 'SOLD' GROUP BY item) AS holds USING (item)`,
    );
    return rows.flatMap(({ item, available, held, sold, noted }) => {
      const wrong: string[] = [];
      if (available + held + sold !== SEEDED[item])
        wrong.push(`of ${SEEDED[item]} ${item} ${available} are there, ${held} held and ${sold} sold`);
      if (held !== 0) wrong.push(`${held} ${item} are held for nobody`);
      if (sold !== noted) wrong.push(`${sold} ${item} are sold, and ${noted} by the holds`);
      return wrong;
    });
  },
};
