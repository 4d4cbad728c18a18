import { fileURLToPath } from 'node:url';
import { loadCatalog } from '../scripts/load-catalog.ts';

export const templatesFolder = fileURLToPath(new URL('../templates', import.meta.url));
export const fixtureFolder = fileURLToPath(new URL('fixtures/catalog', import.meta.url));

/** The catalog that is shipped. */
export const shipped = await loadCatalog(templatesFolder);

/** A small one with an example of everything, so that tests of the pipeline do not depend on what is shipped. */
export const fixture = await loadCatalog(fixtureFolder);
