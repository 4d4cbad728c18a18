// Brings a database to the newest schema, with any number of replicas starting at once. Files are only
// ever added: the version before runs on this version's schema too (expand, later contract).
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../telemetry/index.ts';
import { isInfrastructureError } from './infrastructure.ts';

// Any constant does: advisory locks belong to one database, and nothing else here uses this one.
const LOCK = 4_770_316_001;
const LOCK_POLL_MS = 100;
const LOCK_LIMIT_MS = 120_000;

interface Migration {
  /** Folder and file, `migrations/0001_users.sql`: the identity kept in the database. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrateOptions {
  /** Of a direct connection: the lock belongs to the session, a pooler would hand it to others. */
  readonly url: string;
  /** Folders of numbered .sql files, run in this order. */
  readonly folders: readonly string[];
  readonly log?: Logger;
}

/**
 * Applies the files that have not been applied yet, each in a transaction of its own, and returns their names.
 * Fails before any change when a file that was applied has been edited since.
 */
export async function migrate({ url, folders, log }: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(folders);
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    lock_timeout: 30_000,
    keepAlive: true,
  });
  client.on('error', (error) => log?.warn({ err: error }, 'database connection lost'));
  await client.connect();
  try {
    await lock(client);
    const pending = await findPending(client, migrations);
    for (const migration of pending) {
      await apply(client, migration);
      log?.info({ migration: migration.name }, 'migration applied');
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function readMigrations(folders: readonly string[]): Promise<Migration[]> {
  const paths = [...new Set(folders.map((folder) => resolve(folder)))];
  const clash = paths.find((path, i) => paths.findIndex((other) => basename(other) === basename(path)) < i);
  if (clash !== undefined) throw new Error(`Two folders of migrations have the same name: "${clash}".`);
  const read = paths.map(async (path) => {
    const files = (await readdir(path)).filter((file) => file.endsWith('.sql')).sort();
    return Promise.all(files.map((file) => readMigration(path, file)));
  });
  return (await Promise.all(read)).flat();
}

async function readMigration(folder: string, file: string): Promise<Migration> {
  // The same file checked out with other line endings is the same migration.
  const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { name: `${basename(folder)}/${file}`, sql, checksum };
}

// Polls: a session that waits inside pg_advisory_lock would hold back CREATE INDEX CONCURRENTLY.
async function lock(client: pg.Client): Promise<void> {
  const giveUpAt = performance.now() + LOCK_LIMIT_MS;
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      LOCK,
    ]);
    if (rows[0]?.locked) return;
    if (performance.now() > giveUpAt) throw new Error('Another process has been migrating for 2 minutes.');
    await sleep(LOCK_POLL_MS);
  }
}

async function findPending(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM migration',
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const edited = migrations.find(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum);
  if (edited) {
    throw new Error(
      `Migration "${edited.name}" was edited after it was applied. Undo the edit and add a new file, ` +
        'or drop the database if nothing in it matters.',
    );
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO migration (name, checksum) VALUES ($1, $2)', [name, checksum]);
    await client.query('COMMIT');
  } catch (error) {
    if (isInfrastructureError(error)) throw error;
    throw new Error(`Migration "${name}" failed: ${(error as Error).message}`, { cause: error });
  }
}
