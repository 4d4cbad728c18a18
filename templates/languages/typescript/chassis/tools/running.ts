// Where the databases of the running `npm run dev` are, for the operator's commands beside it.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './root.ts';

interface Running {
  /** The process that runs the system; when it is gone, so are the databases. */
  readonly pid: number;
  /** URL by name, with its password. */
  readonly databases: Readonly<Record<string, string | undefined>>;
}

const fileIn = (folder: string) => join(folder, '.data/dev.json');

/** Notes the databases of the system that this process runs; returns how to take the note away. */
export async function noteDatabases(
  databases: Running['databases'],
  folder = root,
): Promise<() => Promise<void>> {
  const file = fileIn(folder);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify({ pid: process.pid, databases } satisfies Running), { mode: 0o600 });
  return () => rm(file, { force: true });
}

/** URLs of the databases of the system that runs here, by name; none when it does not run. */
export async function runningDatabases(folder = root): Promise<Running['databases']> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const { pid, databases }: Running = JSON.parse(text);
  return isAlive(pid) ? databases : {};
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
