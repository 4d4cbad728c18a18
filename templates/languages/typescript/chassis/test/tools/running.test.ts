import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ToolError } from '../../tools/interrupt.ts';
import { runningSystem } from '../../tools/running.ts';

test('where no system runs there is none, and a file that says nothing is named', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'running-'));
  t.after(() => rm(folder, { recursive: true }));
  assert.equal(await runningSystem(folder), undefined);

  await mkdir(join(folder, '.data'));
  const databases = { scores: 'postgres://localhost/scores' };
  await writeFile(join(folder, '.data/dev.json'), JSON.stringify({ databases }));
  assert.deepEqual(await runningSystem(folder), { databases });

  for (const text of ['', '{"databases":', '[]', '{"databases":{"scores":"nonsense"}}']) {
    await writeFile(join(folder, '.data/dev.json'), text);
    await assert.rejects(runningSystem(folder), (error: Error) => {
      assert.ok(error instanceof ToolError, error.stack);
      assert.match(error.message, /^\.data\/dev\.json does not say where the system is\. /);
      return true;
    });
  }
});
