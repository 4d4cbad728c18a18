import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { api, type Operation, operation } from '../../src/contract/index.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import { openApiComparison } from '../../tools/contracts/breaking/openapi-breaks.ts';

const request = z.object({ id: z.string(), text: z.string(), colour: z.enum(['red', 'blue']).optional() });
const response = z.object({ id: z.string(), state: z.enum(['new', 'read']) });

const write = operation({
  summary: 'Writes a note',
  method: 'POST',
  path: '/api/notes/:id',
  status: 202,
  location: ({ id }) => `/api/notes/${id}`,
  input: request,
  output: response,
  errors: ['NotFound'],
  example: { input: { id: '1', text: 'Hello' }, output: { id: '1', state: 'new' } },
});

const list = operation({
  summary: 'Notes',
  method: 'GET',
  path: '/api/notes',
  input: z.object({ limit: z.int().optional() }),
  output: z.object({ items: z.array(z.string()) }),
  example: { input: {}, output: { items: [] } },
});

// biome-ignore lint/suspicious/noExplicitAny: operations of different shapes.
type Change = Partial<Operation<any, any>>;

function documentOf(operations: Record<string, Change>) {
  const apis = [api('notes', operations as Record<string, Operation>)];
  return openApiDocument({ title: 'notes', version: '1.0.0', apis });
}

function breaks({ write: writing = {}, list: listing = {} }: { write?: Change; list?: Change }) {
  const before = documentOf({ write, list });
  return openApiComparison.breaks(
    before,
    documentOf({ write: { ...write, ...writing }, list: { ...list, ...listing } }),
  );
}

test('the same operations, and more of them, break nothing', () => {
  assert.deepEqual(breaks({}), []);
  assert.deepEqual(openApiComparison.breaks(documentOf({ list }), documentOf({ write, list })), []);
});

test('an operation that is gone is named by method and path', () => {
  assert.deepEqual(openApiComparison.breaks(documentOf({ write, list }), documentOf({ list })), [
    'POST /api/notes/{id} is gone',
  ]);
  assert.deepEqual(breaks({ list: { path: '/api/all-notes' } }), ['GET /api/notes is gone']);
});

test('a request may be asked for less and a response may say more, not the other way round', () => {
  const colours = (...names: string[]) => request.extend({ colour: z.enum(names).optional() });
  assert.deepEqual(breaks({ write: { input: colours('red', 'blue', 'green') } }), []);
  assert.deepEqual(breaks({ write: { input: colours('red') } }), [
    'POST /api/notes/{id}, request: field "colour" no longer takes "blue"',
  ]);
  const size = z.int();
  assert.deepEqual(breaks({ write: { output: response.extend({ size }) } }), []);
  assert.deepEqual(breaks({ write: { input: request.extend({ size }) } }), [
    'POST /api/notes/{id}, request: field "size" is now required',
  ]);
  assert.deepEqual(breaks({ write: { output: response.extend({ state: z.literal('new') }) } }), []);
  assert.deepEqual(
    breaks({ write: { output: response.extend({ state: z.enum(['new', 'read', 'lost']) }) } }),
    ['POST /api/notes/{id}, response 202: field "state" can now be "lost"'],
  );
});

test('parameters are compared by place and name', () => {
  const after = z.string();
  assert.deepEqual(
    breaks({ list: { input: z.object({ limit: z.int().optional(), after: after.optional() }) } }),
    [],
  );
  assert.deepEqual(breaks({ list: { input: z.object({ limit: z.int().optional(), after }) } }), [
    'GET /api/notes, query parameter "after": is now required',
  ]);
  assert.deepEqual(breaks({ list: { input: z.object({ limit: z.int().max(9).optional() }) } }), [
    'GET /api/notes, query parameter "limit": had maximum 9007199254740991, has now maximum 9',
  ]);
  assert.deepEqual(breaks({ list: { input: z.object({ limit: z.string() }) } }), [
    'GET /api/notes, query parameter "limit": was integer, is now string',
    'GET /api/notes, query parameter "limit": is now required',
  ]);
  assert.deepEqual(breaks({ list: { input: z.object({}) } }), [
    'GET /api/notes, query parameter "limit": is gone',
  ]);
});

test('a response and a header of it that are gone are named; a new error is none', () => {
  assert.deepEqual(breaks({ write: { errors: ['NotFound', 'Conflict'] } }), []);
  assert.deepEqual(breaks({ write: { errors: [] } }), ['POST /api/notes/{id}, response 404: is gone']);
  const { location: _, ...here } = write;
  assert.deepEqual(openApiComparison.breaks(documentOf({ write }), documentOf({ write: here })), [
    'POST /api/notes/{id}, response 202: header "Location" is gone',
  ]);
});

test('what documents share is compared where it is used', () => {
  const before = documentOf({ list });
  const { components } = before as { components: { schemas: { Problem: Record<string, unknown> } } };
  const Problem = { ...components.schemas.Problem, required: ['type', 'title', 'status'] };
  const now = { ...before, components: { ...components, schemas: { Problem } } };
  assert.deepEqual(
    openApiComparison.breaks(before, now)[0],
    'GET /api/notes, response 400: field "error" may now be left out',
  );
});
