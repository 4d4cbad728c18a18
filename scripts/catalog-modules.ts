/** `templates/` as modules for the bundle: validated data, and templates precompiled. */

import { readFileSync } from 'node:fs';
import { indexOf } from '../src/catalog/catalog.ts';
import { precompile } from '../src/catalog/precompile.ts';
import { readCatalog } from '../src/catalog/read.ts';
import { specJsonSchema } from '../src/spec/schema.ts';

/** The ids of the modules; no file has them. */
export const catalogIds = /^catalog:(?:index|sources)$/;

export interface CatalogModules {
  /** By id. */
  readonly code: Readonly<Record<string, string>>;
  /** The JSON Schema of `msvc.yaml`. */
  readonly specSchema: string;
}

/**
 * The code of both modules.
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
    'catalog:sources': [
      // A JSON text is read faster than the same as code.
      `const data = JSON.parse(${JSON.stringify(JSON.stringify({ ...data, specSchema }))});`,
      `const templates = {\n${compiled.join(',\n')}\n};`,
      'export const catalog = { ...data, templates };',
      '',
    ].join('\n'),
  };
  return { code, specSchema };
}
