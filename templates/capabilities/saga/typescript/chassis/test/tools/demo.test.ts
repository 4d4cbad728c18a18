import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { protocols } from '@app/chassis/edge';

const tool = fileURLToPath(new URL('../../tools/demo.ts', import.meta.url));
const [{ scheme }] = protocols;

for (const url of ['', 'nonsense', 'localhost:3002', 'ftp://localhost', `${scheme}://`]) {
  test(`--url "${url}" is refused, and an address is shown`, () => {
    const command = ['--import', 'tsx/esm', '--conditions=source', tool, '--url', url];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    assert.match(
      stderr,
      new RegExp(`^--url "${url}": write an address such as ${scheme}://localhost:\\d+\\.\\n$`),
    );
    assert.equal(stdout, '');
    assert.equal(status, 2);
  });
}
