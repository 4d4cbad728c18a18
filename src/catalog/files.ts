/** The content folders of a source: which area each file is for, and in which language. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Area, SourceFile, SourceKind } from './catalog.ts';
import { CatalogError } from './error.ts';

/** Areas that are one folder; the others have a folder for each service or role. */
const plainAreas = ['root', 'chassis', 'contracts', 'service', 'initiator', 'participant', 'resource'];
const nestedAreas = ['services', 'contracts-of'];

export interface FilesRequest {
  /** `templates/`. */
  readonly directory: string;
  readonly kind: SourceKind;
  /** The source's folder in it. */
  readonly folder: string;
  readonly languages: readonly string[];
  readonly addTemplate: (name: string, text: string) => void;
}

/**
 * All files of a source. The areas lie in a folder per language; a language's own source holds them directly.
 * @throws CatalogError for a folder that is none of those
 */
export function readFiles(request: FilesRequest): readonly SourceFile[] {
  const { directory, kind, folder, languages } = request;
  const own = ['README.md', `${kind}.json`, 'versions.json'];
  const language = kind === 'language' ? (folder.split('/').at(-1) ?? '') : null;
  const isLanguage = (name: string) => language === null && languages.includes(name);
  return entries(join(directory, folder)).flatMap(({ name }) => {
    const path = `${folder}/${name}`;
    if (own.includes(name)) return [];
    if (name === 'shared') return readArea({ ...request, area: 'shared', language: null, path });
    if (language !== null) return readAreas({ ...request, language, path, name });
    if (isLanguage(name)) {
      return entries(join(directory, path)).flatMap((entry) =>
        readAreas({ ...request, language: name, path: `${path}/${entry.name}`, name: entry.name }),
      );
    }
    throw new CatalogError(path, null, `is no content folder; expected shared or ${languages.join(', ')}`);
  });
}

interface AreasRequest extends FilesRequest {
  readonly language: string;
  /** Path of the folder below `templates/`, and its name. */
  readonly path: string;
  readonly name: string;
}

function readAreas(request: AreasRequest): readonly SourceFile[] {
  const { directory, path, name } = request;
  if (plainAreas.includes(name)) return readArea({ ...request, area: name as Area });
  if (nestedAreas.includes(name)) {
    return subfolders(join(directory, path)).flatMap((below) =>
      readArea({ ...request, area: `${name}/${below}` as Area, path: `${path}/${below}` }),
    );
  }
  throw new CatalogError(
    path,
    null,
    `is no area; expected one of ${[...plainAreas, ...nestedAreas].join(', ')}`,
  );
}

interface AreaRequest extends FilesRequest {
  readonly area: Area;
  readonly language: string | null;
  readonly path: string;
}

function readArea({
  directory,
  area,
  language,
  path: folder,
  addTemplate,
}: AreaRequest): readonly SourceFile[] {
  return walk(join(directory, folder)).map((path) => {
    const name = `${folder}/${path}`;
    const content = readFileSync(join(directory, name), 'utf8');
    if (!path.endsWith('.hbs')) return { area, language, path, text: content };
    addTemplate(name, content);
    return { area, language, path: path.slice(0, -'.hbs'.length), text: { template: name } };
  });
}

/** Names of the folders in a folder, in a fixed order; none where it is missing. */
export function subfolders(directory: string): readonly string[] {
  return entries(directory)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** By code unit, so that every machine reads the same catalog. */
function entries(directory: string) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function walk(directory: string, prefix = ''): readonly string[] {
  return entries(directory).flatMap((entry) =>
    entry.isDirectory()
      ? walk(join(directory, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
}
