// A PostgreSQL that leaves nothing, with a database for each name in the arguments: prints their URLs as one line of
// JSON, and stops when it is interrupted.
import { once } from 'node:events';
import { runTool } from './interrupt.ts';
import { prepareDatabases } from './postgres/databases.ts';
import { startPostgres } from './postgres/server.ts';

await runTool(async (signal) => {
  const names = process.argv.slice(2);
  const server = await startPostgres('thrown away');
  try {
    const databases = await prepareDatabases(server.url, names);
    const urls = names.map((name) => [name, databases.url(name)]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(urls))}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    await databases.release();
  } finally {
    await server.stop();
  }
});
