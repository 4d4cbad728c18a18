// Instances in a table: the registry of systems that run without containers. It is asked, it does not tell: a
// listing that runs out changes no row.
import { fileURLToPath } from 'node:url';
import { migrate, openDatabase } from '../database/index.ts';
import { about, pause } from '../waiting/index.ts';
import { type Follow, type Instance, type RegistryFactory, TTL_SECONDS } from './registry.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations/registry', import.meta.url));
const POLL_MS = 250;

/** Registry for `postgres:` URLs. */
export const postgresRegistry: RegistryFactory = (url) => {
  const db = openDatabase({ url, max: 1 });
  let migrated: Promise<unknown> | undefined;

  /** The table is made by whoever comes first. */
  async function prepare(): Promise<void> {
    migrated ??= migrate({ url, folders: [MIGRATIONS] });
    await migrated.catch((error) => {
      migrated = undefined;
      throw error;
    });
  }

  async function list(service: string): Promise<Instance[]> {
    const { rows } = await db.query<Instance>(
      'SELECT service, id, urls FROM instance WHERE service = $1 AND expires_at > clock_timestamp() ORDER BY id',
      [service],
    );
    return rows;
  }

  return {
    announce: async ({ service, id, urls }) => {
      await prepare();
      await db.query(
        `INSERT INTO instance VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
         ON CONFLICT (service, id) DO UPDATE SET urls = excluded.urls, expires_at = excluded.expires_at`,
        [service, id, urls, TTL_SECONDS],
      );
      await db.query("DELETE FROM instance WHERE expires_at < clock_timestamp() - interval '1 minute'");
    },
    withdraw: async ({ service, id }) => {
      await db.query('DELETE FROM instance WHERE service = $1 AND id = $2', [service, id]);
    },
    follow: async (service: string, { onList, signal }: Follow) => {
      await prepare();
      for (let last = ''; !signal.aborted; await pause(about(POLL_MS), signal)) {
        const instances = await list(service);
        const text = JSON.stringify(instances);
        if (text !== last && !signal.aborted) onList(instances);
        last = text;
      }
    },
    close: () => db.close(),
  };
};
