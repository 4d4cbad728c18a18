import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseEnv } from 'node:util';
import { ToolError } from '../../tools/interrupt.ts';
import { setup, setupAs } from '../../tools/setup.ts';

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'setup-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('makes the missing secrets, keeps every byte that is there, and has nothing to do the second time', async (t) => {
  const folder = await emptyFolder(t);
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

test('arguments are refused, and nothing is written', async (t) => {
  const folder = await emptyFolder(t);
  await writeFile(join(folder, '.env.example'), 'A_PASSWORD=<secret>\n');
  for (const argument of ['--force', 'again'])
    await assert.rejects(setupAs([argument], folder), { code: /^ERR_PARSE_ARGS_/ });
  assert.deepEqual(await readdir(folder), ['.env.example']);
  assert.equal(await setupAs([], folder), 'Made in .env: A_PASSWORD');
  assert.equal(await setupAs([], folder), 'Nothing to do: .env has every secret.');
});

test('without .env.example nothing is made, and the user is told', async (t) => {
  await assert.rejects(setupAs([], await emptyFolder(t)), (error: Error) => {
    assert.ok(error instanceof ToolError);
    assert.match(error.message, /^\.env\.example is missing\. /);
    return true;
  });
});
