/** The catalog that is part of the package. The build makes both modules and the file of `templates/`. */

import { readFile } from 'node:fs/promises';
import type { Catalog } from './catalog.ts';

export { index, version } from 'catalog:index';

/** Loads every source and template; choosing needs the index alone. */
export async function loadCatalog(): Promise<Catalog> {
  const [{ templates }, sources] = await Promise.all([
    import('catalog:templates'),
    readFile(new URL('./catalog.json', import.meta.url), 'utf8'),
  ]);
  return { ...JSON.parse(sources), templates };
}
