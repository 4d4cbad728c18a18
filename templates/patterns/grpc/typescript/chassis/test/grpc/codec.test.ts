import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSync } from '@grpc/proto-loader';
import { codec } from '../../src/grpc/codec.ts';
import { protos } from './notes.ts';

const types = loadSync(join(protos, 'note/v1/note.proto'), { enums: String });
const { encode, decode } = codec('note.v1.Note', types);

test('an enum value is told without the name of its enum', () => {
  assert.deepEqual(encode({ id: '1', state: 'DRAFT' }), { id: '1', state: 'NOTE_STATE_DRAFT' });
  assert.deepEqual(decode({ id: '1', state: 'NOTE_STATE_DRAFT' }), { id: '1', state: 'DRAFT' });
  assert.deepEqual(decode({ id: '1', state: 'NOTE_STATE_UNSPECIFIED' }), { id: '1', state: undefined });
});

test('a value that a newer side has added is left to the schema', () => {
  assert.deepEqual(decode({ id: '1', state: 7 }), { id: '1', state: 7 });
});
