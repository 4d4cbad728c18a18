// What "npm run dev" leaves for the other tools: where the databases and the broker of the running system are.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.ts';

export interface Running {
  /** URL of each service's database, by its name. */
  readonly databases: Readonly<Record<string, string>>;
  readonly broker?: string;
}

const FILE = join(root, '.data', 'dev.json');

/** Says where the system is; returns how to take that back. The file holds passwords: only its owner reads it. */
export async function announce(running: Running): Promise<() => Promise<void>> {
  await mkdir(join(root, '.data'), { recursive: true });
  await rm(FILE, { force: true });
  await writeFile(FILE, JSON.stringify(running), { mode: 0o600 });
  return () => rm(FILE, { force: true });
}

/** The system that runs on this machine; undefined when none does. */
export async function runningSystem(): Promise<Running | undefined> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Running);
}
