import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('../../chassis/typescript/tools/contracts.ts', import.meta.url));

test('the documents say what the schemas say', () => {
  const command = ['--import', 'tsx/esm', '--conditions=source', tool, '--check'];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
