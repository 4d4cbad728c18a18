// Makes the secrets that are missing in .env, which git ignores; never changes one that is there.
import { randomBytes } from 'node:crypto';
import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { runTool, ToolError } from './interrupt.ts';
import { root } from './root.ts';
import { print } from './terminal.ts';

const EXAMPLE = '.env.example';
/** In it the value of a key that must be secret. */
const MARK = '<secret>';

/** Adds a random value for each secret of .env.example that .env does not have; returns their names. */
export async function setup(folder = root): Promise<string[]> {
  const path = join(folder, '.env');
  const text = await read(path);
  const existing = parseEnv(text);
  const example = Object.entries(parseEnv(await read(join(folder, EXAMPLE))));
  const missing = example.filter(([key, value]) => value === MARK && !existing[key]).map(([key]) => key);
  if (missing.length === 0) return [];
  const lines = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const added = missing.map((key) => `${key}=${randomBytes(24).toString('hex')}\n`).join('');
  await writeFile(`${path}.new`, lines + added, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return missing;
}

/** The environment of the tools and of the services they start: .env, overridden by the process's own. */
export async function environment(folder = root): Promise<Record<string, string>> {
  return { ...parseEnv(await read(join(folder, '.env'))), ...process.env } as Record<string, string>;
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** `npm run setup`, which takes no arguments. @returns what was done @throws ToolError without .env.example */
export async function setupAs(argv: readonly string[], folder = root): Promise<string> {
  parseArgs({ args: [...argv], options: {} });
  await access(join(folder, EXAMPLE)).catch(() => {
    throw new ToolError(`${EXAMPLE} is missing. It names the secrets of .env: take it back from git.`);
  });
  const made = await setup(folder);
  return made.length === 0 ? 'Nothing to do: .env has every secret.' : `Made in .env: ${made.join(', ')}`;
}

if (process.argv[1] === import.meta.filename) {
  await runTool(async () => print(await setupAs(process.argv.slice(2))));
}
