import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '@app/chassis/testing';

const file = fileURLToPath(new URL('./tool.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

test('a tool that is killed leaves no process: neither its server nor the processes of its services', async () => {
  const tool = spawn(process.execPath, ['--import', 'tsx/esm', '--conditions=source', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(tool.stdout, 'data');
  const pids: number[] = JSON.parse(String(output));
  assert.equal(pids.filter(isAlive).length, 3, 'not everything was started');

  tool.kill('SIGKILL');

  try {
    await until(() => !pids.some(isAlive), { limitMs: 20_000, what: 'the end of all it started' });
  } finally {
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
  }
});
