import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { claim } from '../../../tools/faults/brokers/claim.ts';
import { composedBroker } from '../../../tools/faults/brokers/composed.ts';
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

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'broker-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

function setPath(t: TestContext, path: string): void {
  const { PATH } = process.env;
  t.after(() => {
    process.env.PATH = PATH;
  });
  process.env.PATH = path;
}

test('without Docker that is told, and what to do', { skip: !kind }, async (t) => {
  setPath(t, await emptyFolder(t));
  await assert.rejects(
    composedBroker(kind as NonNullable<typeof kind>),
    sentence(
      /^There is no docker on the PATH to start \w+ with\. --broker-url takes one that runs already\.$/,
    ),
  );
});

test('a broker that Docker cannot start is told, and nothing of it is left', { skip: !kind }, async (t) => {
  const folder = await emptyFolder(t);
  const calls = join(folder, 'calls');
  const docker = `#!/bin/sh
echo "$4" >> ${calls}
[ "$4" != up ] || { echo "Bind for 127.0.0.1:1234 failed: port is already allocated" >&2; exit 1; }
`;
  await writeFile(join(folder, 'docker'), docker, { mode: 0o755 });
  setPath(t, [folder, process.env.PATH].join(delimiter));
  await assert.rejects(
    composedBroker(kind as NonNullable<typeof kind>),
    sentence(/: Bind for 127\.0\.0\.1:1234 failed: port is already allocated \(or use --broker-url\)$/),
  );
  assert.deepEqual((await readFile(calls, 'utf8')).trim().split('\n'), ['ps', 'up', 'down']);
});

async function pidFileOf(t: TestContext, pid: number | undefined): Promise<string> {
  const folder = await emptyFolder(t);
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
