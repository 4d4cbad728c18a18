/** Checks that the sources of a catalog fit together: what one names, another has. */

import { type CatalogData, declaredFields, type ListEntry, type Source } from './catalog.ts';
import { CatalogError } from './error.ts';

/**
 * Checks lists, packages and capabilities across sources.
 * @throws CatalogError for the first mistake.
 */
export function checkCatalog(catalog: CatalogData): void {
  const declared = declaredLists(catalog);
  const capabilities = new Set(catalog.sources.flatMap(({ provides }) => provides));
  for (const source of catalog.sources) {
    const file = `${source.folder}/${source.kind}.json`;
    const unmet = source.requires.find((capability) => !capabilities.has(capability));
    if (unmet) throw new CatalogError(file, 'requires', `names "${unmet}", which nothing provides`);
    for (const [key, section] of Object.entries(source.sections)) {
      const place = key === 'shared' ? '' : `${key}.`;
      for (const [list, entries] of Object.entries(section.lists)) {
        for (const entry of entries)
          checkEntry({ file, key: `${place}lists.${list}`, entry, fields: declared.get(list) });
      }
      checkPackages({ catalog, source, language: key, file });
    }
  }
}

/** List name to its fields as declared (`name` or `name?`). */
export function declaredLists(catalog: CatalogData): Map<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>();
  for (const source of catalog.sources) {
    for (const [list, fields] of Object.entries(source.declares)) {
      if (lists.has(list)) {
        throw new CatalogError(
          `${source.folder}/${source.kind}.json`,
          `declares.${list}`,
          'is declared twice',
        );
      }
      lists.set(list, fields);
    }
  }
  return lists;
}

interface EntryCheck {
  readonly file: string;
  readonly key: string;
  readonly entry: ListEntry;
  readonly fields: readonly string[] | undefined;
}

function checkEntry({ file, key, entry, fields }: EntryCheck): void {
  if (!fields) throw new CatalogError(file, key, 'is a list that no source declares');
  const known = declaredFields(fields);
  const unknown = Object.keys(entry.fields).find((field) => !known.includes(field));
  if (unknown)
    throw new CatalogError(file, `${key}.${unknown}`, `is no field of the list (${known.join(', ')})`);
  const missing = fields.find((field) => !field.endsWith('?') && !(field in entry.fields));
  if (missing) throw new CatalogError(file, key, `has an entry without "${missing}"`);
}

interface PackageCheck {
  readonly catalog: CatalogData;
  readonly source: Source;
  readonly language: string;
  readonly file: string;
}

function checkPackages({ catalog, source, language, file }: PackageCheck): void {
  const section = source.sections[language];
  for (const kind of ['dependencies', 'devDependencies'] as const) {
    for (const [area, names] of Object.entries(section?.[kind] ?? {})) {
      const unknown = names.find((name) => !(name in (catalog.versions[language] ?? {})));
      if (unknown) {
        throw new CatalogError(
          file,
          `${language}.${kind}.${area}`,
          `names "${unknown}", which languages/${language}/versions.json lacks`,
        );
      }
    }
  }
}
