// Whole processes: what an operator and an orchestrator see.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { testDatabase, until } from '@app/chassis/testing';

/** A service of one part whose `start` and other steps are given as source. */
function run(env: Record<string, string>, part: string): ChildProcess {
  const script = `
    import { runService } from '@app/chassis/lifecycle';
    import { z } from 'zod';
    const config = z.object({ GREETING: z.string().describe('what to say') });
    await runService({ name: 'alpha', config, parts: [{ name: 'part', ${part} }] });`;
  const args = ['--import', 'tsx/esm', '--conditions=source', '--input-type=module', '--eval', script];
  return spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH ?? '', LOG_FORMAT: 'json', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Process {
  readonly child: ChildProcess;
  readonly messages: string[];
  /** Resolves with the exit code. */
  readonly code: Promise<number>;
}

/** Starts it on a database of its own and waits until it has logged `message`. */
async function startedProcess(t: TestContext, part: string, message = 'ready'): Promise<Process> {
  const db = await testDatabase(t, { folders: [] });
  const child = run({ DATABASE_URL: db.url, GREETING: 'hello' }, part);
  const messages: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) =>
    messages.push(JSON.parse(line).msg),
  );
  const code = once(child, 'close').then(([exitCode]) => exitCode as number);
  await until(() => messages.includes(message), { limitMs: 60_000, what: message });
  return { child, messages, code };
}

test('missing and wrong variables end the process with 1 and a line for each', async () => {
  const child = run({ DATABASE_URL: 'mysql://host/db' }, 'start: async () => ({})');
  const [[code], stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  assert.equal(code, 1);
  assert.deepEqual(stderr.trim().split('\n'), [
    "Environment variable DATABASE_URL is wrong: expected a postgres:// URL (the service's own database, postgres://user:password@host:port/name)",
    'Environment variable GREETING is missing (what to say)',
  ]);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops the parts and ends the process with 0`, async (t) => {
    const { child, messages, code } = await startedProcess(
      t,
      `start: async ({ log }) => ({ stop: async () => log.info({}, 'part stopped') })`,
    );
    child.kill(signal);
    assert.equal(await code, 0);
    assert.deepEqual(messages.slice(-3), ['stopping', 'part stopped', 'stopped']);
  });
}

test('a second signal ends a process that does not stop', async (t) => {
  const { child, messages, code } = await startedProcess(
    t,
    `start: async () => ({ stop: () => new Promise(() => {}) })`,
  );
  child.kill('SIGTERM');
  await until(() => messages.includes('stopping'), { limitMs: 60_000, what: 'stopping' });
  child.kill('SIGTERM');
  assert.equal(await code, 1);
  assert.equal(messages.at(-1), 'stopped by force');
});

test('an error that nobody caught is logged and ends the process with 1', async (t) => {
  const uncaught = await startedProcess(
    t,
    `start: async () => { setTimeout(() => { throw new Error('no luck'); }, 100); return {}; }`,
    'uncaught error',
  );
  assert.equal(await uncaught.code, 1);
  const unhandled = await startedProcess(
    t,
    `start: async () => { setTimeout(() => Promise.reject(new Error('no luck')), 100); return {}; }`,
    'unhandled rejection',
  );
  assert.equal(await unhandled.code, 1);
});

test('a part that cannot start ends the process with 1', async (t) => {
  const { code } = await startedProcess(
    t,
    `start: () => Promise.reject(new Error('no luck'))`,
    'cannot start',
  );
  assert.equal(await code, 1);
});
