/** The databases of a system that `npm run dev` runs, as someone with `psql` reaches them. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from './commands.ts';

/** Runs statements in the database of a service, or of the embedded broker. */
export async function execute(folder: string, database: string, statements: string): Promise<void> {
  const { databases, broker } = JSON.parse(await readFile(join(folder, '.data/dev.json'), 'utf8'));
  const program = `
    import pg from 'pg';
    const client = new pg.Client(process.env.URL);
    await client.connect();
    await client.query(process.env.STATEMENTS);
    await client.end();
  `;
  const env = { URL: database === 'broker' ? broker : databases[database], STATEMENTS: statements };
  await succeed(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder, env });
}
