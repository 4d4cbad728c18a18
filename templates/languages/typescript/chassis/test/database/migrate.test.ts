import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { migrate } from '@app/chassis/database';
import { testDatabase } from '@app/chassis/testing';

/** Writes the files below a new temporary folder and returns a path in it. */
async function folderOf(t: TestContext, files: Record<string, string>): Promise<(name: string) => string> {
  const root = await mkdtemp(join(tmpdir(), 'migrations-'));
  t.after(() => rm(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return (name) => join(root, name);
}

test('five replicas that start on an empty database are all ready, each file applied once', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const path = await folderOf(t, {
    'first/0001_a.sql': 'CREATE TABLE a (id int); INSERT INTO a VALUES (1);',
    'first/0002_b.sql': 'INSERT INTO a VALUES (2);',
    'second/0001_a.sql': 'INSERT INTO a VALUES (3);',
  });
  const folders = [path('first'), path('second')];

  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate({ url: db.url, folders })));

  const expected = ['first/0001_a.sql', 'first/0002_b.sql', 'second/0001_a.sql'];
  assert.deepEqual(applied.flat(), expected);
  assert.deepEqual((await db.query('SELECT id FROM a ORDER BY id')).rows, [{ id: 1 }, { id: 2 }, { id: 3 }]);
  assert.deepEqual(await migrate({ url: db.url, folders }), []);
});

test('a file that was edited after it was applied is named, and nothing is changed', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const path = await folderOf(t, { 'own/0001_a.sql': 'CREATE TABLE a (id int);' });
  await migrate({ url: db.url, folders: [path('own')] });

  await writeFile(path('own/0001_a.sql'), 'CREATE TABLE a (id bigint);');
  await writeFile(path('own/0002_b.sql'), 'CREATE TABLE b (id int);');

  await assert.rejects(migrate({ url: db.url, folders: [path('own')] }), /"own\/0001_a\.sql" was edited/);
  const { rows } = await db.query(`SELECT to_regclass('b') AS b`);
  assert.deepEqual(rows, [{ b: null }]);
});

test('a file that fails is named and leaves nothing behind; the files before it stay', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const path = await folderOf(t, {
    'own/0001_a.sql': 'CREATE TABLE a (id int);',
    'own/0002_b.sql': 'CREATE TABLE b (id int); SELECT 1 / 0;',
  });

  await assert.rejects(
    migrate({ url: db.url, folders: [path('own')] }),
    /"own\/0002_b\.sql" failed: division/,
  );

  const { rows } = await db.query(`SELECT to_regclass('a')::text AS a, to_regclass('b') AS b`);
  assert.deepEqual(rows, [{ a: 'a', b: null }]);
});
