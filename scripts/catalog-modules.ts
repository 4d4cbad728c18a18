/** `templates/` as modules for the bundle: validated data, and templates precompiled. */

import { readFileSync } from 'node:fs';
import { indexOf } from '../src/catalog/catalog.ts';
import { precompile } from '../src/catalog/precompile.ts';
import { readCatalog } from '../src/catalog/read.ts';
import { specJsonSchema } from '../src/spec/schema.ts';

const ids = ['catalog:index', 'catalog:sources'];

export function isCatalogModule(id: string): boolean {
  return ids.includes(id);
}

/**
 * The code of both modules.
 * @throws CatalogError naming file and key
 */
export function catalogModules(directory: string): Readonly<Record<string, string>> {
  const { data, templates } = readCatalog(directory);
  const index = indexOf(data);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const compiled = Object.entries(templates).map(
    ([name, text]) => `${JSON.stringify(name)}: ${precompile(name, text)}`,
  );
  return {
    'catalog:index': `export const index = ${JSON.stringify(index)};\nexport const version = ${JSON.stringify(version)};\n`,
    'catalog:sources': [
      `const data = ${JSON.stringify({ ...data, specSchema: specJsonSchema(index) })};`,
      `const templates = {\n${compiled.join(',\n')}\n};`,
      'export const catalog = { ...data, templates };',
      '',
    ].join('\n'),
  };
}
