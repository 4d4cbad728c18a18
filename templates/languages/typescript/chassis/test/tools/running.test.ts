import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { noteDatabases, runningDatabases } from '../../tools/running.ts';

test('the databases of a running system are found, by its user only, until it stops or is killed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'running-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, '.data/dev.json');
  const databases = { bus: 'postgres://bus:secret@127.0.0.1:54321/bus' };
  assert.deepEqual(await runningDatabases(folder), {});

  const forget = await noteDatabases(databases, folder);
  assert.deepEqual(await runningDatabases(folder), databases);
  if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o077, 0, 'others can read it');

  const ended = spawnSync(process.execPath, ['--version']).pid;
  const note = await readFile(file, 'utf8');
  await writeFile(file, note.replace(`${process.pid}`, `${ended}`));
  assert.deepEqual(await runningDatabases(folder), {}, 'the process that noted them is gone');

  await writeFile(file, note);
  await forget();
  assert.deepEqual(await runningDatabases(folder), {});
});
