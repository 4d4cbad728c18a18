import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openDatabase } from '@app/chassis/database';
import { testDatabase } from '@app/chassis/testing';
import { WrongUsage } from '../../tools/interrupt.ts';
import { prepareDatabases } from '../../tools/postgres/databases.ts';
import { namedDatabase } from '../../tools/postgres/named.ts';

test('each service owns its database, sees no other, and only one system runs on them at a time', async (t) => {
  const admin = await testDatabase(t, { folders: [] });
  const suffix = randomBytes(4).toString('hex');
  const names = [`one-${suffix}`, `other-${suffix}`];
  const [one = '', other = ''] = names;

  const databases = await prepareDatabases(admin.url, names);
  const own = openDatabase({ url: databases.url(one), max: 1 });
  const url = new URL(databases.url(one));
  url.pathname = other;
  const foreign = openDatabase({ url: url.href, max: 1 });
  try {
    await own.query('CREATE TABLE a (id int)');
    await assert.rejects(foreign.query('SELECT 1'), /permission denied for database/);
    await assert.rejects(prepareDatabases(admin.url, names), /already running/);
    await databases.release();
    await (await prepareDatabases(admin.url, names)).release();
    assert.equal((await own.query('SELECT FROM a')).rowCount, 0);
  } finally {
    await Promise.all([own.close(), foreign.close()]);
    for (const name of names) await admin.query(`DROP DATABASE "${name}"`);
    for (const name of names) await admin.query(`DROP ROLE "${name}"`);
  }
});

test('a server that loses what it has acknowledged when it is killed is refused', async (t) => {
  const admin = await testDatabase(t, { folders: [] });
  const role = `careless_${randomBytes(4).toString('hex')}`;
  const url = new URL(admin.url);
  url.username = role;
  await admin.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${url.password}'`);
  await admin.query(`ALTER ROLE ${role} SET synchronous_commit = off`);
  try {
    await assert.rejects(prepareDatabases(url.href, [role]), /synchronous_commit = off and would lose data/);
  } finally {
    await admin.query(`DROP ROLE ${role}`);
  }
});

test('what is no URL of PostgreSQL is refused, and its password is not told', () => {
  assert.equal(namedDatabase('postgresql://localhost/x'), 'postgresql://localhost/x');
  for (const url of [
    'nonsense',
    'http://me:secret@localhost',
    'postgres:x',
    'postgres://me:secret@localhost:x/',
  ]) {
    assert.throws(
      () => namedDatabase(url),
      (error: Error) => {
        assert.ok(error instanceof WrongUsage);
        assert.match(error.message, /^DATABASE_URL: write a URL such as [^\n]*\.$/);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});
