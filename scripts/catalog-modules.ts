/** `templates/` as modules for the bundle: validated data, and templates precompiled. */

import { readFileSync } from 'node:fs';
import { indexOf } from '../src/catalog/catalog.ts';
import { precompile } from '../src/catalog/precompile.ts';
import { readCatalog } from '../src/catalog/read.ts';
import { specJsonSchema } from '../src/spec/schema.ts';

/** The ids of the modules; no file has them. */
export const catalogIds = /^catalog:(?:index|templates)$/;

export interface CatalogModules {
  /** By id. */
  readonly code: Readonly<Record<string, string>>;
  /** The sources as JSON: a file of its own is read in a sixth of the time that the same text takes within code. */
  readonly sources: string;
  /** The JSON Schema of `msvc.yaml`. */
  readonly specSchema: string;
}

/**
 * All that is made of `templates/`.
 * @throws CatalogError naming file and key
 */
export function catalogModules(directory: string): CatalogModules {
  const { data, templates } = readCatalog(directory);
  const index = indexOf(data);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const specSchema = specJsonSchema(index);
  const compiled = Object.entries(templates).map(
    ([name, text]) => `${JSON.stringify(name)}: ${precompile(name, text)}`,
  );
  const code = {
    'catalog:index': `export const index = ${JSON.stringify(index)};\nexport const version = ${JSON.stringify(version)};\n`,
    'catalog:templates': `export const templates = {\n${compiled.join(',\n')}\n};\n`,
  };
  return { code, sources: JSON.stringify({ ...data, specSchema }), specSchema };
}
