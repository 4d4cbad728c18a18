// A small API for tests with one operation of each kind, a service that serves it, and a bare client of its proto.
import { once } from 'node:events';
import { join } from 'node:path';
import { api, operation, type RequestContext, serves } from '@app/chassis/contract';
import type { Database } from '@app/chassis/database';
import { notFound } from '@app/chassis/errors';
import { type Part, startService } from '@app/chassis/lifecycle';
import { type Test, testDatabase } from '@app/chassis/testing';
import { type ClientReadableStream, credentials, loadPackageDefinition, type Metadata } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { z } from 'zod';
import { type Check, grpcServer } from '../../src/grpc/index.ts';

export const protos = join(import.meta.dirname, 'protos');

const Id = z.string().regex(/^[\w.-]{1,64}$/);
const Note = z.object({ id: Id, text: z.string(), state: z.enum(['DRAFT', 'FINAL']) });
export type Note = z.infer<typeof Note>;

const first: Note = { id: '1', text: 'first', state: 'DRAFT' };

export const NoteApi = api('note', {
  getNote: operation({
    summary: 'One note',
    method: 'GET',
    path: '/api/notes/:id',
    input: z.object({ id: Id }),
    output: Note,
    watch: { name: 'watchNote', settled: ({ state }) => state === 'FINAL' },
    example: { input: { id: '1' }, output: first },
  }),
  listNotes: operation({
    summary: 'Notes, a page at a time',
    method: 'GET',
    path: '/api/notes',
    input: z.object({
      after: Id.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      text: z.string().optional(),
    }),
    output: z.object({ notes: z.array(Note) }),
    pages: 'notes',
    example: { input: { limit: 1 }, output: { notes: [first] } },
  }),
  addNote: operation({
    summary: 'Adds a note',
    method: 'POST',
    path: '/api/notes',
    input: z.object({ text: z.string().min(1) }),
    output: Note,
    idempotencyKey: true,
    example: { input: { text: 'first' }, output: first },
  }),
});

export interface Handlers {
  get(id: string, context: RequestContext<Note>): Promise<Note | undefined>;
  list(after: string | undefined, text: string | undefined): Promise<Note[]>;
}

/** Notes that are added are counted in a table. */
export const notes = ({ get, list }: Partial<Handlers> = {}) =>
  serves(NoteApi, {
    getNote: async ({ id }, context) => {
      const note = await (get ?? (async () => ({ ...first, id })))(id, context);
      if (!note) throw notFound('Note not found');
      return note;
    },
    listNotes: async ({ after, text }) => ({ notes: (await list?.(after, text)) ?? [] }),
    addNote: ({ text }, { transaction }) =>
      transaction(async (tx) => {
        const sql = 'INSERT INTO note (text) VALUES ($1) RETURNING id::text, text';
        const { rows } = await tx.query<{ id: string; text: string }>(sql, [text]);
        return { ...(rows[0] as { id: string; text: string }), state: 'DRAFT' };
      }),
  });

export interface Serving {
  readonly db: Database;
  readonly address: string;
  readonly client: BareClient;
  /** What /metrics says. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Runs `use` against a running service, and stops the service after it. */
export async function serving(
  t: Test,
  options: {
    handlers?: Partial<Handlers>;
    before?: readonly Check[];
    parts?: readonly Part[];
    env?: Record<string, string>;
    /** Added to the database's URL. */
    urlOptions?: string;
  },
  use: (service: Serving) => Promise<void>,
): Promise<void> {
  const { handlers, before = [], parts = [], urlOptions = '' } = options;
  const db = await testDatabase(t, { folders: [] });
  await db.query('CREATE TABLE note (id serial PRIMARY KEY, text text NOT NULL)');
  const service = await startService({
    name: 'note',
    parts: [...parts, grpcServer({ routes: [notes(handlers)], before, protos })],
    env: {
      DATABASE_URL: db.url + urlOptions,
      PORT: '0',
      GRPC_PORT: '0',
      LOG_LEVEL: 'error',
      LOG_FORMAT: 'json',
      ...options.env,
    },
  });
  const address = `127.0.0.1:${service.edges.find(({ scheme }) => scheme === 'grpc')?.port}`;
  const client = bareClient(address);
  const metrics = async () => (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  try {
    await use({ db, address, client, metrics, stop: service.stop });
  } finally {
    client.close();
    await service.stop();
  }
}

interface Options {
  readonly deadline?: number;
}

type Done = (error: Error | null, answer: unknown) => void;
type Unary = (request: object, options: Options, done: Done) => unknown;

/** The service as a client sees it that knows nothing but the proto. */
export interface BareClient {
  getNote: Unary & ((request: object, metadata: Metadata, options: Options, done: Done) => unknown);
  addNote: Unary;
  listNotes(request: object, options?: Options): ClientReadableStream<Note>;
  watchNote(request: object, options?: Options): ClientReadableStream<Note>;
  close(): void;
}

export function bareClient(address: string): BareClient {
  const definition = loadSync('note/v1/note.proto', { includeDirs: [protos], enums: String, longs: Number });
  // biome-ignore lint/suspicious/noExplicitAny: what is loaded has no type.
  const { NoteService } = (loadPackageDefinition(definition) as any).note.v1;
  return new NoteService(address, credentials.createInsecure());
}

/** What a probe or a balancer keeps open: the health of the server, as it changes. */
export function watchHealth(address: string): ClientReadableStream<object> {
  const loaded = loadPackageDefinition(loadSync(protoPath, { enums: String }));
  // biome-ignore lint/suspicious/noExplicitAny: what is loaded has no type.
  const { Health } = (loaded as any).grpc.health.v1;
  return new Health(address, credentials.createInsecure()).watch({ service: '' });
}

/** Makes one unary call; rejects with its status. */
export function ask(client: BareClient, method: 'getNote' | 'addNote', request: object): Promise<Note> {
  return new Promise((resolve, reject) => {
    client[method](request, { deadline: Date.now() + 10_000 }, (error, answer) =>
      error ? reject(error) : resolve(answer as Note),
    );
  });
}

/** Everything that a stream brings. */
export async function all(stream: ClientReadableStream<Note>): Promise<Note[]> {
  return (await stream.toArray()) as Note[];
}

/** The next message of a stream. */
export async function next(stream: ClientReadableStream<Note>): Promise<Note> {
  const [note] = await once(stream, 'data');
  return note;
}
