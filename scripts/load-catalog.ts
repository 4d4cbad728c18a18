/** A catalog straight from its folder: for tests, and for whoever writes templates. */

import type { Catalog } from '../src/catalog/catalog.ts';
import { catalogModules } from './catalog-modules.ts';

/** Reads, checks and compiles it as the build does. @throws CatalogError naming file and key */
export async function loadCatalog(directory: string): Promise<Catalog> {
  const code = catalogModules(directory).code['catalog:sources'] ?? '';
  const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return module.catalog;
}
