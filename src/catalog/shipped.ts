/** The catalog that is part of the package. The build makes both modules of `templates/`. */

import type { Catalog } from './catalog.ts';

export { index, version } from 'catalog:index';

/** Loads every source and template; choosing needs the index alone. */
export async function loadCatalog(): Promise<Catalog> {
  const { catalog } = await import('catalog:sources');
  return catalog;
}
