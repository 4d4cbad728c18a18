/** A catalog straight from its folder: for tests, and for whoever writes templates. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catalog } from '../src/catalog/catalog.ts';
import { catalogModules } from './catalog-modules.ts';

/** Reads, checks and compiles it as the build does. @throws CatalogError naming file and key */
export async function loadCatalog(directory: string): Promise<Catalog> {
  const folder = mkdtempSync(join(tmpdir(), 'create-msvc-catalog-'));
  try {
    const { code, sources } = catalogModules(directory);
    const file = join(folder, 'templates.mjs');
    writeFileSync(file, code['catalog:templates'] ?? '');
    const { templates } = await import(pathToFileURL(file).href);
    return { ...JSON.parse(sources), templates };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
