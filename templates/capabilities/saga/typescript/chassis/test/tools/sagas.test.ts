import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testDatabase } from '@app/chassis/testing';
import { ToolError, WrongUsage } from '../../tools/interrupt.ts';
import { operateSagas } from '../../tools/operator/sagas.ts';
import { said } from './shell.ts';

const migrations = ['messaging', 'saga'].map(
  (folder) => new URL(`../../migrations/${folder}`, import.meta.url).pathname,
);

test('wrong arguments end with code 2 and say what is right', async () => {
  for (const args of [['abort'], ['list', '--every'], ['list', 'k1'], ['undo', 'k1']]) {
    const { code, err } = await said({}, (shell) => operateSagas(args, shell));
    assert.equal(code, 2, args.join(' '));
    assert.match(err, /Usage: npm run saga/);
  }
});

test('without sagas there is nothing to list, and no key is known', async (t) => {
  const { url } = await testDatabase(t, { folders: migrations });
  const operate = (...args: string[]) => said({ DATABASE_URL: url }, (shell) => operateSagas(args, shell));
  assert.deepEqual(await operate('list'), { code: 0, out: 'No open sagas.\n', err: '' });
  assert.deepEqual(await operate('show', 'nobody'), {
    code: 3,
    out: '',
    err: 'There is no saga with the key "nobody".\n',
  });
});

test('a database that cannot be asked is told in a sentence that names the variable', async () => {
  const list = (url: string) => said({ DATABASE_URL: url }, (shell) => operateSagas(['list'], shell));
  await assert.rejects(list('nonsense'), (error: Error) => {
    assert.ok(error instanceof WrongUsage, error.stack);
    assert.match(error.message, /^DATABASE_URL: write a URL such as [^\n]*\.$/);
    return true;
  });
  await assert.rejects(list('postgres://localhost:1/nothing'), (error: Error) => {
    assert.ok(error instanceof ToolError, error.stack);
    assert.match(error.message, /^The database of DATABASE_URL cannot be used: [^\n]*\.$/);
    return true;
  });
});

test('the exit code of the command is that of the process', () => {
  const tool = fileURLToPath(new URL('../../tools/saga.ts', import.meta.url));
  const command = ['--import', 'tsx/esm', '--conditions=source', tool, 'skip'];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /^"skip" takes one key\./);
});
