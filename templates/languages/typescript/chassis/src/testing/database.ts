// Each test gets a database of its own on a real server, so that tests run side by side and leave nothing.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, migrate, openDatabase } from '../database/index.ts';

/** A test's context, or `{ after }` of node:test for a database that all tests of a file share. */
export interface Test {
  after(cleanup: () => Promise<void>): void;
}

// Those of this process that no test uses: to make one takes longer than most tests do.
const free: string[] = [];
const made: string[] = [];

/**
 * An empty database with the migrations of `folders`, emptied after the test and dropped after the last. node:test
 * runs `after` hooks in the order of their registration, so a test stops what works on the database before it ends,
 * not in a hook.
 * The server is the one of TEST_DATABASE_URL, whose user may create databases; `npm test` sets it.
 */
export async function testDatabase(t: Test, { folders }: { folders: readonly string[] }): Promise<Database> {
  const adminUrl = process.env.TEST_DATABASE_URL;
  if (!adminUrl) throw new Error('TEST_DATABASE_URL is not set. Run the tests with "npm test", or set it.');
  const name = free.pop() ?? (await create(adminUrl));
  const url = databaseUrl(adminUrl, name);
  const db = openDatabase({ url, max: 10 });
  t.after(async () => {
    await db.close();
    await execute(url, EMPTY);
    free.push(name);
  });
  await migrate({ url, folders });
  return db;
}

// Sessions of killed processes may still hold locks.
const EMPTY = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid();
  DROP SCHEMA public CASCADE;
  CREATE SCHEMA public`;

async function create(adminUrl: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(adminUrl, `CREATE DATABASE ${name}`);
  if (made.length === 0) process.once('beforeExit', () => void dropAll(adminUrl));
  made.push(name);
  return name;
}

async function dropAll(adminUrl: string): Promise<void> {
  for (const name of made) await execute(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = name;
  return url.href;
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
