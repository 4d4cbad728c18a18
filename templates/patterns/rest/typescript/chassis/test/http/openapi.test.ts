import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, operation } from '@app/chassis/contract';
import { openApiDocument } from '@app/chassis/http';
import { z } from 'zod';
import { NoteApi } from './notes.ts';

// biome-ignore lint/suspicious/noExplicitAny: reads into a JSON document.
const document = openApiDocument({ title: 'notes', version: '1.2.3', apis: [NoteApi] }) as any;

test('every operation is described with its input, output, examples and errors', () => {
  assert.equal(document.openapi, '3.1.0');
  assert.deepEqual(Object.keys(document.paths), ['/api/notes', '/api/notes/{id}']);
  const { get } = document.paths['/api/notes/{id}'];
  assert.equal(get.operationId, 'getNote');
  assert.deepEqual(get.parameters, [
    {
      example: '1',
      in: 'path',
      name: 'id',
      required: true,
      schema: { pattern: '^[\\w.-]{1,64}$', type: 'string' },
    },
  ]);
  assert.deepEqual(get.responses['200'].content['application/json'].example, { id: '1', text: 'first' });
  assert.deepEqual(Object.keys(get.responses), ['200', '400', '404', '429', '500', '503']);
  assert.deepEqual(get.responses['404'], { $ref: '#/components/responses/NotFound' });
});

test('a query parameter with a default is optional; the rest of a PUT is its body', () => {
  const [limit] = document.paths['/api/notes'].get.parameters;
  assert.deepEqual([limit.in, limit.required, limit.schema.default], ['query', false, 20]);
  const { put } = document.paths['/api/notes/{id}'];
  const { schema, example } = put.requestBody.content['application/json'];
  assert.deepEqual(
    [Object.keys(schema.properties), schema.required, example],
    [['text'], ['text'], { text: 'first' }],
  );
});

test('an idempotency key and what comes with it are described', () => {
  const { post } = document.paths['/api/notes'];
  assert.equal(post.parameters[0].name, 'Idempotency-Key');
  assert.ok(post.responses['202'].headers.Location);
  assert.deepEqual(Object.keys(post.responses), ['202', '400', '409', '413', '422', '429', '500', '503']);
});

test('the order in which a contract is written does not show', () => {
  const { addNote, getNote, listNotes, renameNote } = NoteApi.operations;
  const reordered = api('note', { renameNote, listNotes, getNote, addNote });
  assert.equal(
    JSON.stringify(openApiDocument({ title: 'notes', version: '1.2.3', apis: [reordered] })),
    JSON.stringify(document),
  );
});

test('an error without a status is a mistake in the contract', () => {
  const wrong = operation({
    summary: 'Wrong',
    method: 'GET',
    path: '/api/wrong',
    input: z.object({}),
    output: z.object({}),
    errors: ['Nonsense'],
    example: { input: {}, output: {} },
  });
  assert.throws(
    () => openApiDocument({ title: 'x', version: '1', apis: [api('x', { wrong })] }),
    /"Nonsense" is not an error/,
  );
});
