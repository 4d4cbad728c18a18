/**
 * Renders `templates/` into a folder without a build: `npm run render -- <folder> [spec.yaml]`. For whoever writes
 * templates: what an earlier render left in the folder is replaced, and nothing is installed.
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apply } from '../src/apply/apply.ts';
import { indexOf } from '../src/catalog/catalog.ts';
import { prepare } from '../src/run.ts';
import { parseSpec } from '../src/spec/parse.ts';
import { settleSpec } from '../src/spec/settle.ts';
import { lockPath, parseLock } from '../src/state/lock.ts';
import { loadCatalog } from './load-catalog.ts';

const [folder, specFile] = process.argv.slice(2);
if (!folder) throw new Error('Usage: npm run render -- <folder> [spec.yaml]');
const root = resolve(folder);
const templates = fileURLToPath(new URL('../templates', import.meta.url));
const catalog = await loadCatalog(process.env.CATALOG ?? templates);
const index = indexOf(catalog);
const input = specFile
  ? parseSpec(readFileSync(specFile, 'utf8'), { file: specFile, catalog: index }).input
  : {};
removeRendered();
const { changes } = prepare(settleSpec(input, index), { catalog, toolVersion: '0.0.0', root });
await apply(changes, { root });
console.log(`${changes.changes.length} files in ${root}`);

function removeRendered(): void {
  const lock = join(root, lockPath);
  if (!existsSync(lock)) return;
  for (const path of parseLock(readFileSync(lock, 'utf8')).files.keys())
    rmSync(join(root, path), { force: true });
  rmSync(join(root, '.create-msvc'), { recursive: true, force: true });
}
