// Starts a service with one API on a database of its own, for tests.
import type { Database } from '@app/chassis/database';
import { type HttpOptions, http } from '@app/chassis/http';
import { type Part, startService } from '@app/chassis/lifecycle';
import { testDatabase } from '@app/chassis/testing';
import { NOTES } from './notes.ts';

export interface Serving {
  readonly url: string;
  readonly db: Database;
  stop(): Promise<void>;
}

/** Runs `use` against a running service, and stops the service after it. */
export async function serving(
  t: { after(cleanup: () => Promise<void>): void },
  options: HttpOptions & { parts?: readonly Part[]; env?: Record<string, string>; urlOptions?: string },
  use: (service: Serving) => Promise<void>,
): Promise<void> {
  const db = await testDatabase(t, { folders: [] });
  await db.query(NOTES);
  const service = await startService({
    name: 'note',
    parts: [...(options.parts ?? []), http(options)],
    env: {
      DATABASE_URL: db.url + (options.urlOptions ?? ''),
      PORT: '0',
      LOG_LEVEL: 'error',
      LOG_FORMAT: 'json',
      ...options.env,
    },
  });
  try {
    await use({ url: `http://127.0.0.1:${service.port}`, db, stop: service.stop });
  } finally {
    await service.stop();
  }
}

/** A POST of JSON, with an idempotency key if one is given. */
export function post(url: string, body: unknown, key?: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
