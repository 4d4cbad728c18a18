import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openTransport } from '@app/chassis/messaging';
import { silentLogger } from '@app/chassis/telemetry';
import { testDatabase } from '@app/chassis/testing';
import { channels } from '@app/contracts/channels';
import { operate as runOperator } from '../../tools/operator/operate.ts';
import type { Running } from '../../tools/running.ts';
import { said } from '../tools/shell.ts';
import { busDatabase, serviceDatabase } from './world.ts';

const operate = (args: string, env: Record<string, string>, system: { running?: Running } = {}) =>
  said(env, (shell) => runOperator(args.split(' '), shell), system);

const read = channels.find(({ groups }) => groups.length === 1);
const skip = !read && 'no channel has a reader';

test('an operator finds dead letters, replays one, drops one, and cannot replay an expired one', {
  skip,
}, async (t) => {
  const bus = await busDatabase(t);
  const [group] = read?.groups ?? [];
  assert.ok(read && group);
  const env = { BROKER_URL: bus.url };
  const transport = openTransport({ url: bus.url, service: 'test', log: silentLogger });
  transport.start(channels);
  await transport.ready();
  const at = new Date().toISOString();
  const common = {
    channel: read.name,
    group,
    type: 'Any',
    attempts: 5,
    failedAt: at,
    firstSeenAt: at,
    body: '{}',
  };
  const expired = { 'expires-at': '2020-01-01T00:00:00Z' };
  await transport.deadLetter({ ...common, id: 'good', reason: 'was broken', headers: {} });
  await transport.deadLetter({ ...common, id: 'late', reason: 'too late', headers: expired });
  for (const body of ['{}', '[]'])
    await transport.deadLetter({ ...common, id: 'twin', reason: 'another', headers: {}, body });
  await transport.close();

  const twins = await operate(`dead-letters drop ${read.name} twin`, env);
  assert.deepEqual(twins, { code: 0, out: 'twin: dropped\n', err: '' });
  const listed = await operate(`dead-letters list ${read.name}`, env);
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /CHANNEL .*REASON\n.* good .* was broken\n.* late .* too late\n$/);

  const replayed = await operate(`dead-letters replay ${read.name} --all`, env);
  assert.deepEqual(replayed, {
    code: 1,
    out: 'good: replayed\nlate: refused, the command has expired\n',
    err: '',
  });
  const { rows } = await bus.query('SELECT subscriber FROM delivery');
  assert.deepEqual(rows, [{ subscriber: group }]);

  const dropped = await operate(`dead-letters drop ${read.name} late`, env);
  assert.deepEqual(dropped, { code: 0, out: 'late: dropped\n', err: '' });
  assert.equal((await operate('dead-letters', env)).out, 'No dead letters.\n');
});

test('an operator sends a parked message again or drops it', async (t) => {
  const db = await serviceDatabase(t);
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload, failed_at, reason)
     SELECT 'm' || n, 'Any', 'scores', 'k', '{}', '{}', clock_timestamp(), 'no queue' FROM generate_series(1, 2) AS n`,
  );
  const env = { DATABASE_URL: db.url };
  const listed = await operate('outbox list', env);
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /^NUMBER .*\n1 .* parked {2}no queue\n2 .* parked {2}no queue\n$/);

  assert.equal((await operate('outbox retry 1', env)).code, 0);
  assert.equal((await operate('outbox drop 2', env)).code, 0);
  assert.equal((await operate('outbox drop 2', env)).code, 1);
  const { rows } = await db.query('SELECT id, failed_at FROM outbox');
  assert.deepEqual(rows, [{ id: 'm1', failed_at: null }]);
});

test('wrong arguments end with code 2 and say what is right', async () => {
  for (const args of ['outbox retry x', 'dead-letters list nowhere', 'inbox']) {
    const { code, err } = await operate(args, {});
    assert.equal(code, 2, args);
    assert.match(err, /Usage: npm run dead-letters/);
  }
});

test('a URL that is none is refused in a sentence that names its variable', async () => {
  assert.deepEqual(await operate('outbox', { DATABASE_URL: 'nonsense' }), {
    code: 2,
    out: '',
    err: 'DATABASE_URL: write a URL such as postgres://postgres:password@localhost:5432/postgres.\n',
  });
  const { code, err } = await operate('dead-letters', { BROKER_URL: 'http://localhost' });
  assert.equal(code, 2);
  assert.match(err, /^BROKER_URL is "http:\/\/"\. This system speaks [^\n]*\.\n$/);
});

test('a database that does not answer is told by what names it', async () => {
  const url = 'postgres://localhost:1/nothing';
  const named = await operate('outbox', { DATABASE_URL: url });
  assert.equal(named.code, 1);
  assert.match(named.err, /^The database of DATABASE_URL cannot be used: [^\n]*ECONNREFUSED[^\n]*\.\n$/);

  const left = { running: { databases: { scores: url } } };
  const { code, err } = await operate('outbox list --service scores', {}, left);
  assert.equal(code, 1);
  assert.match(
    err,
    /^The database of \.data\/dev\.json cannot be used: .*\. Is "npm run dev" still running\?\n$/,
  );
});

test('a service that the running system does not have is refused, and those it has are named', async () => {
  const databases = { scores: 'postgres://localhost:1/scores', games: 'postgres://localhost:1/games' };
  const { code, err } = await operate('outbox list --service nobody', {}, { running: { databases } });
  assert.equal(err, '--service "nobody": no such service. There are scores, games.\n');
  assert.equal(code, 2);
});

test('a database without an outbox is told', async (t) => {
  const { url } = await testDatabase(t, { folders: [] });
  const { code, err } = await operate('outbox', { DATABASE_URL: url });
  assert.deepEqual([code, err], [1, 'The database of DATABASE_URL has no outbox.\n']);
});

test('the exit code of the command is that of the process', () => {
  const tool = fileURLToPath(new URL('../../tools/operate.ts', import.meta.url));
  const command = ['--import', 'tsx/esm', '--conditions=source', tool, 'outbox', 'drop'];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /^"drop" takes one number\./);
});
