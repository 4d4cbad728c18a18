import type { Books } from '@app/chassis/saga';

const STATES = {
  HELD: 'done',
  DONE: 'done',
  REFUSED: 'undone',
  UNDONE: 'undone',
  TOMBSTONE: 'undone',
} as const;

/** What this service has done for each saga, for the fault test. */
export const books: Books = {
  service: 'flight',
  entries: async (db) => {
    const { rows } = await db.query<{ key: string; step: string; state: keyof typeof STATES }>(
      'SELECT key, step, state FROM saga_step',
    );
    return rows.map(({ state, ...row }) => ({ ...row, state: STATES[state] }));
  },
};
