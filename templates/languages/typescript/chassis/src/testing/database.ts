// Each test gets a database of its own on a real server, so that tests run side by side and leave nothing.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, migrate, openDatabase } from '../database/index.ts';

/** A test's context, or `{ after }` of node:test for a database that all tests of a file share. */
export interface Test {
  after(cleanup: () => Promise<void>): void;
}

/**
 * An empty database with the migrations of `folders`, dropped after the test. node:test runs `after` hooks in
 * the order of their registration, so a test stops what works on the database before it ends, not in a hook.
 * The server is the one of TEST_DATABASE_URL, whose user may create databases; `npm test` sets it.
 */
export async function testDatabase(t: Test, { folders }: { folders: readonly string[] }): Promise<Database> {
  const adminUrl = process.env.TEST_DATABASE_URL;
  if (!adminUrl) throw new Error('TEST_DATABASE_URL is not set. Run the tests with "npm test", or set it.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(adminUrl);
  url.pathname = name;
  await execute(adminUrl, `CREATE DATABASE ${name}`);
  const db = openDatabase({ url: url.href, max: 10 });
  t.after(async () => {
    await db.close();
    await execute(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  await migrate({ url: url.href, folders });
  return db;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
