// What "npm run dev" leaves for the other tools: where the databases and the broker of the running system are.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ToolError } from './interrupt.ts';
import { root } from './root.ts';

const runningSchema = z.object({
  /** URL of each service's database, by its name. */
  databases: z.record(z.string(), z.url()),
  broker: z.string().optional(),
});
export type Running = Readonly<z.infer<typeof runningSchema>>;

/** From the root of the repository. */
export const RUNNING_FILE = '.data/dev.json';
const FILE = join(root, RUNNING_FILE);

/** Says where the system is; returns how to take that back. The file holds passwords: only its owner reads it. */
export async function announce(running: Running): Promise<() => Promise<void>> {
  await mkdir(join(root, '.data'), { recursive: true });
  await rm(FILE, { force: true });
  await writeFile(FILE, JSON.stringify(running), { mode: 0o600 });
  return () => rm(FILE, { force: true });
}

/** The system that runs on this machine; undefined when none does. @throws ToolError where its file is broken */
export async function runningSystem(folder = root): Promise<Running | undefined> {
  const text = await readFile(join(folder, RUNNING_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return runningSchema.parse(JSON.parse(text));
  } catch {
    throw new ToolError(`${RUNNING_FILE} does not say where the system is. Run "npm run dev" again.`);
  }
}
