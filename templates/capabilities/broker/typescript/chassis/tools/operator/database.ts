import { type Database, openDatabase } from '@app/chassis/database';
import { ToolError } from '../interrupt.ts';
import { RUNNING_FILE } from '../running.ts';

/**
 * Opens the database at `url` where it has this table; undefined where it has not.
 * @param from the variable or the file that names the database
 * @throws ToolError where nobody can be asked there
 */
export async function openWith(
  table: string,
  { url, from }: { url: string; from: string },
): Promise<Database | undefined> {
  const db = openDatabase({ url, max: 2 });
  const { rows } = await db
    .query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table])
    .catch(async (error: Error & { code?: string }) => {
      await db.close();
      throw unusable('database', { from, reason: error.message || error.code });
    });
  if (rows[0]?.found) return db;
  await db.close();
  return undefined;
}

/** Says in a sentence why what is named there cannot be used. */
export function unusable(
  what: 'database' | 'broker',
  { from, reason }: { from: string; reason: string | undefined },
): ToolError {
  const advice = from === RUNNING_FILE ? ' Is "npm run dev" still running?' : '';
  return new ToolError(`The ${what} of ${from} cannot be used: ${reason}.${advice}`);
}
