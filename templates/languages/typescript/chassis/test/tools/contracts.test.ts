import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { outdated, text, writeDocuments } from '../../tools/contracts/documents.ts';
import { readContracts } from '../../tools/contracts/read.ts';

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('a document that is missing or says something else is named until it is written', async (t) => {
  const folder = await emptyFolder(t);
  const texts = { 'b.json': text({ b: 1 }), 'openapi/a.json': text({ a: 1 }) };
  assert.deepEqual(await outdated(folder, texts), ['b.json', 'openapi/a.json']);

  await writeDocuments(folder, texts);
  assert.deepEqual(await outdated(folder, texts), []);
  assert.equal(await readFile(join(folder, 'b.json'), 'utf8'), '{\n  "b": 1\n}\n');

  await writeFile(join(folder, 'b.json'), text({ b: 2 }));
  assert.deepEqual(await outdated(folder, texts), ['b.json']);
});

test('the order of keys makes no difference, the order of a list does', () => {
  assert.equal(text({ a: { c: 1, b: [{ e: 1, d: 2 }] } }), text({ a: { b: [{ d: 2, e: 1 }], c: 1 } }));
  assert.notEqual(text({ a: [1, 2] }), text({ a: [2, 1] }));
});

test('what a module exports is found, once, and nothing that is neither API nor message', async (t) => {
  const folder = await emptyFolder(t);
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', version: '1.2.3' }));
  const ping = "Object.assign(() => {}, { type: 'Ping', kind: 'event', schema: {} })";
  const notes = "{ service: 'notes', operations: {} }";
  await writeFile(
    join(folder, 'src/notes.ts'),
    `export const Ping = ${ping};\nexport const NotesApi = ${notes};\nexport const limit = 5;\n`,
  );
  await writeFile(join(folder, 'src/again.ts'), "export * from './notes.ts';\n");

  const { version, apis, messages } = await readContracts(folder);

  assert.equal(version, '1.2.3');
  assert.deepEqual(apis, [{ service: 'notes', operations: {} }]);
  assert.deepEqual(
    messages.map(({ type }) => type),
    ['Ping'],
  );
});
