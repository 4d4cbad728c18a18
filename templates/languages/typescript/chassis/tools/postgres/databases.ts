// One role and one database per service, so that no service can read another's tables.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isInfrastructureError } from '@app/chassis/database';
import pg from 'pg';
import { ToolError } from '../interrupt.ts';
import { root } from '../root.ts';

const { escapeIdentifier, escapeLiteral } = pg;

export interface Databases {
  /** URL of a database, as the role that owns it. */
  url(name: string): string;
  /** Lets others run this repository on the server again. */
  release(): Promise<void>;
}

/**
 * Makes missing databases and roles on the server of `adminUrl`, and holds a lock on them until `release`:
 * two systems on the same databases would take each other's messages.
 */
export async function prepareDatabases(adminUrl: string, names: readonly string[]): Promise<Databases> {
  const client = await connect(adminUrl);
  const url = new URL(adminUrl);
  url.password ||= randomBytes(16).toString('hex');
  try {
    await refuseUnsafe(client);
    await lock(client);
    for (const name of names) await create(client, { name, password: decodeURIComponent(url.password) });
  } catch (error) {
    await client.end();
    throw error;
  }
  return {
    url: (name) => Object.assign(new URL(url), { username: name, pathname: name }).href,
    release: () => client.end(),
  };
}

/** Waits for a server that is still recovering after a kill. */
async function connect(url: string): Promise<pg.Client> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    // The server may be stopped before us; what depends on it then reports that.
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      const { code, message } = error as Error & { code?: string };
      if (code !== '57P03' || performance.now() > giveUpAt) {
        const known = isInfrastructureError(error);
        throw known ? new ToolError(`Cannot reach PostgreSQL at ${new URL(url).host}: ${message}`) : error;
      }
      await sleep(100);
    }
  }
}

// With either off, PostgreSQL loses what it has acknowledged when it is killed, and so would the system.
async function refuseUnsafe(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'`,
  );
  if (rows[0])
    throw new ToolError(`PostgreSQL runs with ${rows[0].name} = off and would lose data. Turn it on.`);
}

async function lock(client: pg.Client): Promise<void> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock(hashtext($1)) AS locked', [root]);
  if (!rows[0]?.locked) throw new ToolError('This system is already running here. Stop it first (Ctrl-C).');
}

async function create(
  client: pg.Client,
  { name, password }: { name: string; password: string },
): Promise<void> {
  const id = escapeIdentifier(name);
  const has = async (sql: string) => ((await client.query(sql, [name])).rowCount ?? 0) > 0;
  if (!(await has('SELECT FROM pg_roles WHERE rolname = $1'))) await client.query(`CREATE ROLE ${id}`);
  await client.query(`ALTER ROLE ${id} LOGIN PASSWORD ${escapeLiteral(password)}`);
  if (await has('SELECT FROM pg_database WHERE datname = $1')) return;
  await client.query(`GRANT ${id} TO CURRENT_USER`);
  await client.query(`CREATE DATABASE ${id} OWNER ${id}`);
  await client.query(`REVOKE ALL ON DATABASE ${id} FROM PUBLIC`);
}
