import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { claim } from '../../../tools/faults/brokers/claim.ts';
import { kinds } from '../../../tools/faults/brokers/kinds.ts';
import { nativeBroker } from '../../../tools/faults/brokers/native.ts';
import { ToolError } from '../../../tools/interrupt.ts';
import { isAlive } from '../../../tools/process-group.ts';

const url = 'broker://me:secret@127.0.0.1:1234';
const [kind] = kinds;

/** Refused in one sentence. */
const sentence = (text: RegExp) => (error: Error) => {
  assert.ok(error instanceof ToolError, error.stack);
  assert.match(error.message, text);
  assert.doesNotMatch(error.message, /\n|secret/);
  return true;
};

test('a broker that someone uses is refused before anything is made in it', async () => {
  let isPrepared = false;
  const used = {
    occupants: async () => ['queue "a" has a reader', 'queue "b" has one'],
    prepare: async () => {
      isPrepared = true;
    },
  };
  await assert.rejects(claim(used, url), sentence(/: queue "a" has a reader, and 1 more\. Give it an empty/));
  assert.equal(isPrepared, false);
});

test('an empty broker is prepared', async () => {
  const urls: string[] = [];
  const empty = {
    occupants: async () => [],
    prepare: async (at: string) => void urls.push(at),
  };
  await claim(empty, url);
  assert.deepEqual(urls, [url]);
});

test('a broker that does not answer is told in a sentence without its password', async () => {
  const missing = {
    occupants: async () => {
      throw new Error('connect ECONNREFUSED');
    },
  };
  await assert.rejects(
    claim(missing, url),
    sentence(/^The broker at 127\.0\.0\.1:1234 cannot be used: connect ECONNREFUSED$/),
  );
});

async function pidFileOf(t: TestContext, pid: number | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'broker-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'pid'), `${pid}\n`);
  return join(folder, 'pid');
}

test('a broker that runs already is killed by its pid, and not a second time', { skip: !kind }, async (t) => {
  const broker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  t.after(() => broker.kill('SIGKILL'));
  const pidFile = await pidFileOf(t, broker.pid);
  const options = { kind: kind as NonNullable<typeof kind>, url, pidFile, start: 'true' };
  const { kill } = await nativeBroker(options);
  await kill();
  assert.equal(isAlive(broker.pid ?? 0), false);
  await assert.rejects(kill(), sentence(/^--broker-pid-file: the process \d+ of .* does not run\.$/));
  await assert.rejects(nativeBroker(options), sentence(/does not run\.$/));
  const nothing = { ...options, pidFile: `${pidFile}.gone` };
  await assert.rejects(nativeBroker(nothing), sentence(/^--broker-pid-file: there is no pid in /));
});
