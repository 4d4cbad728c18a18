// A small API for tests, with one operation of each kind.
import { api, operation, serves } from '@app/chassis/contract';
import { conflict, notFound } from '@app/chassis/errors';
import { z } from 'zod';

const Id = z.string().regex(/^[\w.-]{1,64}$/);
const Note = z.object({ id: Id, text: z.string() });

export const NoteApi = api('note', {
  getNote: operation({
    summary: 'One note',
    method: 'GET',
    path: '/api/notes/:id',
    input: z.object({ id: Id }),
    output: Note,
    errors: ['NotFound'],
    example: { input: { id: '1' }, output: { id: '1', text: 'first' } },
  }),
  listNotes: operation({
    summary: 'Notes, a page at a time',
    method: 'GET',
    path: '/api/notes',
    input: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    output: z.object({ notes: z.array(Note) }),
    example: { input: { limit: 1 }, output: { notes: [{ id: '1', text: 'first' }] } },
  }),
  addNote: operation({
    summary: 'Adds a note',
    method: 'POST',
    path: '/api/notes',
    status: 202,
    location: (note) => `/api/notes/${note.id}`,
    input: z.object({ text: z.string().min(1).max(200_000) }),
    output: Note,
    idempotencyKey: true,
    errors: ['Conflict'],
    example: { input: { text: 'first' }, output: { id: '1', text: 'first' } },
  }),
  renameNote: operation({
    summary: 'Changes a note',
    method: 'PUT',
    path: '/api/notes/:id',
    input: Note,
    output: Note,
    example: { input: { id: '1', text: 'first' }, output: { id: '1', text: 'first' } },
  }),
});

/** Table of the notes. */
export const NOTES = 'CREATE TABLE note (id serial PRIMARY KEY, text text UNIQUE NOT NULL)';

type Row = { id: string; text: string };

/** Handlers; `hooks` lets a test step into the middle of them. */
export const notes = (
  hooks: {
    adding?(): void;
    inTransaction?(): Promise<void>;
    reading?(signal: AbortSignal): Promise<void>;
  } = {},
) =>
  serves(NoteApi, {
    getNote: async ({ id }, { db, signal }) => {
      await hooks.reading?.(signal);
      const { rows } = await db.query<Row>(
        'SELECT id::text, text, 1 AS secret FROM note WHERE id::text = $1',
        [id],
      );
      if (!rows[0]) throw notFound('Note not found');
      return rows[0];
    },
    listNotes: async ({ limit }, { db }) => {
      const { rows } = await db.query<Row>('SELECT id::text, text FROM note ORDER BY id LIMIT $1', [limit]);
      return { notes: rows };
    },
    addNote: async ({ text }, { transaction }) => {
      hooks.adding?.();
      return transaction(async (tx) => {
        const { rows } = await tx.query<Row>(
          'INSERT INTO note (text) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id::text, text',
          [text],
        );
        await hooks.inTransaction?.();
        if (!rows[0]) throw conflict('There is such a note');
        return rows[0];
      });
    },
    renameNote: async ({ id }) => ({ id }) as Row,
  });
