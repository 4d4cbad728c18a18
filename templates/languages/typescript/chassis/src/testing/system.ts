// Services of a test, started in its process on databases of their own, with one bus between them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Database } from '../database/index.ts';
import { protocols } from '../edge/protocols.ts';
import { type Part, startService } from '../lifecycle/index.ts';
import { type Test, testDatabase } from './database.ts';
import { embedded } from './embedded.ts';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

export interface TestedService {
  /** Folder below `services/`. */
  readonly name: string;
  readonly parts: readonly Part[];
  /** Variables in place of those that it is given here. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface StartedService {
  /** Where other services find it. */
  readonly url: string;
  /** Where its health is asked for. */
  readonly http: string;
  readonly db: Database;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts services one after the other; a later one finds an earlier one under `<SERVICE>_URL`. Resolves when the last
 * one reaches all that it needs. After the test they are stopped in the reverse order and their databases dropped.
 */
export async function testSystem(
  t: Test,
  services: readonly TestedService[],
): Promise<ReadonlyMap<string, StartedService>> {
  const cleanups: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  const scope: Test = { after: (cleanup) => void cleanups.push(cleanup) };
  const bus = await testDatabase(scope, { folders: [] });
  const started = new Map<string, StartedService>();
  for (const { name, parts, env: own } of services) {
    const db = await testDatabase(scope, { folders: [] });
    const urls = [...started].map(([other, { url }]) => [`${envName(other)}_URL`, url]);
    const env = {
      ...Object.fromEntries(urls),
      ...Object.fromEntries(embedded.map((variable) => [variable, bus.url])),
      DATABASE_URL: db.url,
      ...Object.fromEntries(protocols.map(({ port }) => [port, '0'])),
      PORT: '0',
      LOG_LEVEL: 'error',
      ...own,
    };
    const service = await startService({
      name,
      parts,
      migrations: [join(ROOT, 'services', name, 'migrations')].filter((folder) => existsSync(folder)),
      env,
    });
    cleanups.push(service.stop);
    const [{ scheme }] = protocols;
    const edge = service.edges.find((one) => one.scheme === scheme);
    const http = `http://127.0.0.1:${service.port}`;
    started.set(name, { url: `${scheme}://127.0.0.1:${edge?.port}`, http, db, env });
  }
  const { name = '' } = services.at(-1) ?? {};
  await until(() => isWhole(started.get(name)), {
    limitMs: 10_000,
    what: `${name} reaches all that it needs`,
  });
  return started;
}

/** Ready, and nothing of it is degraded. */
async function isWhole(service: StartedService | undefined): Promise<boolean> {
  const { status } = (await (await fetch(`${service?.http}/readyz`)).json()) as { status: string };
  return status === 'ready';
}

const envName = (service: string) => service.toUpperCase().replaceAll('-', '_');
