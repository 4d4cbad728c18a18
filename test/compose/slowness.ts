/** A database that takes its time, so that requests are under way in whatever instance ends. */

import type { Compose } from '../e2e/compose.ts';

/** Seconds. */
export interface Slowness {
  /** To read the user whom traffic reads. */
  readonly read: number;
  /** Between a new user's last statement and its commit: what is under way then will have been done. */
  readonly commit: number;
}

export const none: Slowness = { read: 0, commit: 0 };

/** Applies to what begins from now on. The first time it changes the table of users. */
export async function slowDown(compose: Compose, { read, commit }: Slowness): Promise<void> {
  await query(
    compose,
    `CREATE OR REPLACE FUNCTION slow_read(id text) RETURNS boolean LANGUAGE plpgsql AS $$
     BEGIN IF id = '1' THEN PERFORM pg_sleep(${read}); END IF; RETURN true; END $$;
     CREATE OR REPLACE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_sleep(${commit}); RETURN NULL; END $$;
     DO $$ BEGIN
       IF EXISTS (SELECT FROM pg_policy WHERE polname = 'slow') THEN RETURN; END IF;
       CREATE POLICY slow ON users USING (slow_read(id));
       ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
       CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION slow_commit();
     END $$`,
  );
}

/** @returns the rows of the user service's database, a line each */
export async function query(compose: Compose, sql: string): Promise<readonly string[]> {
  const psql = ['psql', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-d', 'user', '-tAc', sql];
  const output = await compose.run('exec', '-T', 'postgres', ...psql);
  return output.split('\n').filter(Boolean);
}
