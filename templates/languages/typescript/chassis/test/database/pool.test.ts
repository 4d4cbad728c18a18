import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInfrastructureError, openDatabase } from '@app/chassis/database';
import { testDatabase, until } from '@app/chassis/testing';

test('a transaction whose work throws leaves nothing; one that succeeds is kept', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  await db.query('CREATE TABLE a (id int)');
  const failing = db.transaction(async (tx) => {
    await tx.query('INSERT INTO a VALUES (1)');
    throw new Error('changed my mind');
  });
  await assert.rejects(failing, /changed my mind/);

  const inserted = await db.transaction((tx) => tx.query('INSERT INTO a VALUES (2)'));

  assert.equal(inserted.rowCount, 1);
  assert.deepEqual((await db.query('SELECT id FROM a')).rows, [{ id: 2 }]);
});

test('an ignored error of a query fails the transaction instead of committing nothing', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  await db.query('CREATE TABLE a (id int)');

  const careless = db.transaction(async (tx) => {
    await tx.query('INSERT INTO a VALUES (1)');
    await tx.query('SELECT 1 / 0').catch(() => undefined);
  });

  await assert.rejects(careless, /Nothing was committed/);
});

test('what fails after the commit takes nothing back and holds up nothing that follows', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  await db.query('CREATE TABLE a (id int)');
  const followed: string[] = [];

  const result = await db.transaction(async (tx) => {
    await tx.query('INSERT INTO a VALUES (1)');
    tx.afterCommit?.(() => {
      throw Object.assign(new Error('cannot tell'), { code: '40001' });
    });
    tx.afterCommit?.(() => followed.push('told'));
    return 'kept';
  });

  assert.deepEqual([result, followed], ['kept', ['told']]);
  assert.equal((await db.query('SELECT id FROM a')).rowCount, 1);
});

test('a query after the end of its transaction is refused', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const tx = await db.transaction(async (tx) => tx);
  await assert.rejects(tx.query('SELECT 1'), /has ended/);
});

test('concurrent transactions that conflict are retried until each has succeeded', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  await db.query('CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL); INSERT INTO a VALUES (1, 0), (2, 0)');
  let attempts = 0;
  let allHaveRead = () => {};
  const barrier = new Promise<void>((resolve) => {
    allHaveRead = resolve;
  });
  const increment = () =>
    db.transaction(async (tx) => {
      attempts++;
      await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await tx.query('SELECT n FROM a WHERE id = 1');
      if (attempts === 4) allHaveRead();
      await barrier;
      await tx.query('UPDATE a SET n = n + 1 WHERE id = 1');
    });

  await Promise.all(Array.from({ length: 4 }, increment));

  assert.ok(attempts > 4, 'no conflict happened');
  assert.deepEqual((await db.query('SELECT n FROM a WHERE id = 1')).rows, [{ n: 4 }]);
});

test('of two transactions that wait for each other one is retried, and both succeed', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  await db.query('CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL); INSERT INTO a VALUES (1, 0), (2, 0)');
  let attempts = 0;
  let bothHaveOne = () => {};
  const barrier = new Promise<void>((resolve) => {
    bothHaveOne = resolve;
  });
  let oneHasBoth = () => {};
  const firstEnd = new Promise<void>((resolve) => {
    oneHasBoth = resolve;
  });
  const increment = async (ids: readonly [number, number]) => {
    await db.transaction(async (tx) => {
      attempts++;
      // Begun again while the other still waits for its second row, it could take that one and meet it anew.
      if (attempts > 2) await firstEnd;
      await tx.query('UPDATE a SET n = n + 1 WHERE id = $1', [ids[0]]);
      if (attempts === 2) bothHaveOne();
      await barrier;
      await tx.query('UPDATE a SET n = n + 1 WHERE id = $1', [ids[1]]);
    });
    oneHasBoth();
  };

  await Promise.all([increment([1, 2]), increment([2, 1])]);

  assert.equal(attempts, 3);
  assert.deepEqual((await db.query('SELECT n FROM a')).rows, [{ n: 2 }, { n: 2 }]);
});

test('a server that cannot be reached is infrastructure, a wrong statement is not', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', max: 1 });
  t.after(() => nowhere.close());

  assert.equal(await nowhere.ping(), false);
  await assert.rejects(nowhere.query('SELECT 1'), isInfrastructureError);
  await assert.rejects(
    nowhere.transaction(async () => 1),
    isInfrastructureError,
  );
  await assert.rejects(db.query('SELECT nothing'), (error) => !isInfrastructureError(error));
  assert.equal(await db.ping(), true);
});

test('a connection that the server ends inside a transaction is infrastructure and is replaced', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const cut = db.transaction(async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await db.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
    await tx.query('SELECT 1');
  });

  await assert.rejects(cut, isInfrastructureError);
  assert.equal(await db.transaction(async () => 'again'), 'again');
});

test('work that idles too long inside its transaction is its own fault, not the infrastructure', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const idle = db.transaction(async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await tx.query(`SET LOCAL idle_in_transaction_session_timeout = '50ms'`);
    const sessions = () => db.query('SELECT FROM pg_stat_activity WHERE pid = $1', [rows[0]?.pid]);
    await until(async () => (await sessions()).rowCount === 0, {
      limitMs: 5_000,
      what: 'the end of the session',
    });
    await tx.query('SELECT 1');
  });

  await assert.rejects(
    idle,
    (error) => !isInfrastructureError(error) && /idle-in-transaction/.test(String(error)),
  );
});

test('every connection limits what it may hold up', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const { rows } = await db.query(`SELECT name, setting FROM pg_settings WHERE name IN
    ('idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout', 'tcp_keepalives_idle') ORDER BY name`);
  assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
    idle_in_transaction_session_timeout: '20000',
    lock_timeout: '10000',
    statement_timeout: '15000',
    tcp_keepalives_idle: '10',
  });
});

test('a caller waits a limited time for a connection of a busy pool', async (t) => {
  const { url } = await testDatabase(t, { folders: [] });
  const db = openDatabase({ url, max: 1 });
  let release = () => {};
  const busy = db.transaction(
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  try {
    await assert.rejects(db.query('SELECT 1'), isInfrastructureError);
  } finally {
    release();
    await busy;
    await db.close();
  }
});
