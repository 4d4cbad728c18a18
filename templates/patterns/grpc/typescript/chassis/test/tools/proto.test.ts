// What a proto becomes when its API changes: clients of the committed one must still be understood.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, operation } from '@app/chassis/contract';
import { z } from 'zod';
import { fitApi } from '../../tools/contracts/proto/fit.ts';
import { parseProto } from '../../tools/contracts/proto/parse.ts';
import { printProto } from '../../tools/contracts/proto/print.ts';

/** The text of the proto for an operation that answers with `output`, made of the committed text. */
function written(output: z.ZodObject, committed?: string): string {
  const getNote = operation({
    summary: 'One note',
    method: 'GET',
    path: '/api/notes/:id',
    input: z.object({ id: z.string() }),
    output,
    example: { input: { id: '1' }, output: {} },
  });
  return printProto(fitApi(api('note', { getNote }), committed ? parseProto(committed) : undefined));
}

/** The lines of what the operation answers with. */
function answer(proto: string): string[] {
  const [, lines = ''] = /message GetNoteResponse \{\n([^}]*)\}/.exec(proto) ?? [];
  return lines.split('\n').flatMap((line) => line.trim() || []);
}

const id = z.string();
const text = z.string();
const pages = z.number().int().max(100);
const first = written(z.object({ id, text }));

test('a new proto numbers its fields from 1, and is the same when made again', () => {
  assert.deepEqual(answer(first), ['string id = 1;', 'string text = 2;']);
  assert.equal(written(z.object({ id, text }), first), first);
});

test('a field is found by its name, wherever the schema has it, and a new one gets the next number', () => {
  const more = written(z.object({ pages: pages.optional(), text, id }), first);
  assert.deepEqual(answer(more), ['string id = 1;', 'string text = 2;', 'optional int64 pages = 3;']);
});

test('number and name of a field that is gone are reserved, and nothing else gets the number', () => {
  const gone = written(z.object({ id }), first);
  assert.deepEqual(answer(gone), ['reserved 2;', 'reserved "text";', 'string id = 1;']);
  const other = written(z.object({ id, title: text }), gone);
  assert.deepEqual(answer(other).slice(-2), ['string id = 1;', 'string title = 3;']);
  assert.deepEqual(answer(written(z.object({ id, title: text }), other)), answer(other));
});

test('a field that comes back has its name again and another number', () => {
  const back = written(z.object({ id, text }), written(z.object({ id }), first));
  assert.deepEqual(answer(back), ['reserved 2;', 'string id = 1;', 'string text = 3;']);
});

test('a committed comment and the committed kind of a number stay', () => {
  const committed = first.replace(
    '  string text = 2;',
    '  // In Markdown.\n  string text = 2;\n  uint64 pages = 7;',
  );
  assert.deepEqual(answer(written(z.object({ id, text, pages }), committed)), [
    'string id = 1;',
    '// In Markdown.',
    'string text = 2;',
    'uint64 pages = 7;',
  ]);
});

test('a value that an enum gains gets the next number, and one that it loses stays', () => {
  const before = written(z.object({ state: z.enum(['DRAFT', 'FINAL']) }));
  const after = written(z.object({ state: z.enum(['FINAL', 'LOST']) }), before);
  const values = [...after.matchAll(/STATE_(\w+) = (\d);/g)].map(([, name, number]) => `${name} ${number}`);
  assert.deepEqual(values, ['UNSPECIFIED 0', 'DRAFT 1', 'FINAL 2', 'LOST 3']);
});
