import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { setup } from '../../tools/setup.ts';

test('makes the missing secrets, keeps every byte that is there, and has nothing to do the second time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'setup-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, '.env');
  await writeFile(join(folder, '.env.example'), 'A_PASSWORD=<secret>\nB_PASSWORD=<secret>\nLOG_LEVEL=info\n');
  await writeFile(path, '# mine\nA_PASSWORD=chosen');

  assert.deepEqual(await setup(folder), ['B_PASSWORD']);

  const text = await readFile(path, 'utf8');
  const { A_PASSWORD, B_PASSWORD = '', LOG_LEVEL } = parseEnv(text);
  assert.ok(text.startsWith('# mine\nA_PASSWORD=chosen\n'));
  assert.equal(A_PASSWORD, 'chosen');
  assert.match(B_PASSWORD, /^[0-9a-f]{48}$/);
  assert.equal(LOG_LEVEL, undefined);
  if (process.platform !== 'win32') assert.equal((await stat(path)).mode & 0o077, 0, 'others can read it');
  assert.deepEqual(await setup(folder), []);
  assert.equal(await readFile(path, 'utf8'), text);
});
