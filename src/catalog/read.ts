/**
 * Reads `templates/` from disk. Runs at build time and in tests only: what is shipped is the result.
 * A mistake in a folder is a `CatalogError` that names the file and the key.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import type { CatalogData, ListEntry, Lists, Section, Source, SourceKind, Text } from './catalog.ts';
import { checkCatalog } from './check.ts';
import { CatalogError } from './error.ts';
import { readFiles, subfolders } from './files.ts';
import { imagesSchema, sourceSchemas, versionsSchema } from './schema.ts';

/** The catalog and the text of its templates, by name. */
export interface ReadCatalog {
  readonly data: CatalogData;
  readonly templates: Readonly<Record<string, string>>;
}

/** Folder of the sources of a kind below `templates/`; `base` is itself a source. */
const folders: readonly (readonly [SourceKind, string])[] = [
  ['language', 'languages'],
  ['capability', 'capabilities'],
  ['pattern', 'patterns'],
  ['sample', 'samples'],
];

/**
 * Reads and checks a whole catalog.
 * @throws CatalogError naming the file and the key.
 */
export function readCatalog(directory: string): ReadCatalog {
  const templates: Record<string, string> = {};
  const languages = subfolders(join(directory, 'languages'));
  const read = (kind: SourceKind, folder: string) =>
    readSource({ directory, kind, folder, languages, addTemplate: (name, text) => (templates[name] = text) });
  const sources = [
    read('base', 'base'),
    ...folders.flatMap(([kind, folder]) =>
      subfolders(join(directory, folder)).map((id) => read(kind, `${folder}/${id}`)),
    ),
  ];
  const versions = languages.map((language) => {
    const file = `languages/${language}/versions.json`;
    return [language, parseJson({ directory, file, schema: versionsSchema })] as const;
  });
  const images = parseJson({ directory, file: 'images.json', schema: imagesSchema });
  const data: CatalogData = { sources, images, versions: Object.fromEntries(versions) };
  checkCatalog(data);
  return { data, templates };
}

interface SourceRequest {
  readonly directory: string;
  readonly kind: SourceKind;
  readonly folder: string;
  readonly languages: readonly string[];
  readonly addTemplate: (name: string, text: string) => void;
}

function readSource(request: SourceRequest): Source {
  const { directory, kind, folder, languages, addTemplate } = request;
  const file = `${folder}/${kind}.json`;
  const json = parseJson({ directory, file, schema: sourceSchemas(languages)[kind] }) as SourceJson;
  const folderName = folder.split('/').at(-1);
  if (json.id !== folderName)
    throw new CatalogError(file, 'id', `must be the folder's name, "${folderName}"`);
  const asText = (name: string, text: string): Text => {
    if (!text.includes('{{')) return text;
    addTemplate(name, text);
    return { template: name };
  };
  const section = (key: string, part: SectionJson): Section => ({
    lists: readLists(part.lists, (place, text) => asText(`${folder}#${key}.${place}`, text)),
    dependencies: part.dependencies ?? {},
    devDependencies: part.devDependencies ?? {},
  });
  const sections: Record<string, Section> = { shared: section('shared', { lists: json.lists }) };
  for (const language of languages) {
    const part = json[language] as SectionJson | undefined;
    if (part) sections[language] = section(language, part);
  }
  const { id, title, provides, requires, once, merge, executable, declares } = json;
  return {
    ...{ kind, id, folder, title, provides, requires, once, merge, executable, declares, sections },
    group: json.group ?? null,
    when: json.when ?? '',
    cost: json.cost ?? '',
    sample:
      kind === 'sample'
        ? { services: json.services, saga: json.saga, started: json.started ?? null, names: json.names }
        : null,
    files: readFiles(request),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the union of what the kinds' schemas give, checked by them.
type SourceJson = any;

interface SectionJson {
  readonly lists: Readonly<Record<string, readonly Readonly<Record<string, string | number>>[]>>;
  readonly dependencies?: Section['dependencies'];
  readonly devDependencies?: Section['devDependencies'];
}

function readLists(lists: SectionJson['lists'], asText: (place: string, text: string) => Text): Lists {
  const entry = (
    list: string,
    index: number,
    json: Readonly<Record<string, string | number | undefined>>,
  ) => {
    const { order, when, service, ...fields } = json;
    const texts = Object.entries(fields).map(
      ([key, text]) => [key, asText(`${list}.${index}.${key}`, String(text))] as const,
    );
    return {
      fields: Object.fromEntries(texts),
      order: order ?? 0,
      when: when ?? null,
      service: service ?? null,
    } as ListEntry;
  };
  return Object.fromEntries(
    Object.entries(lists).map(([list, entries]) => [
      list,
      entries.map((json, index) => entry(list, index, json)),
    ]),
  );
}

function parseJson<T>(request: { directory: string; file: string; schema: z.ZodType<T> }): T {
  const path = join(request.directory, request.file);
  if (!existsSync(path)) throw new CatalogError(request.file, null, 'is missing');
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CatalogError(request.file, null, `is not valid JSON: ${(error as Error).message}`);
  }
  const result = request.schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new CatalogError(request.file, issue?.path.join('.') || null, issue?.message ?? 'is invalid');
}
