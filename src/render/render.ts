/** Plan -> FileTree. Pure: no clock, disk, randomness or locale, so the same spec gives the same bytes everywhere. */

import type { Catalog, Source, SourceFile } from '../catalog/catalog.ts';
import { matchesGlob } from '../catalog/glob.ts';
import { foldKeyed } from '../formats/keyed.ts';
import { foldPrinted, isPrinted } from '../formats/printed.ts';
import { printJson } from '../json-text.ts';
import type { Plan } from '../plan/plan.ts';
import { printSpec, schemaPath } from '../spec/print.ts';
import { comparePaths, type FileClass, type FileTree, type TreeFile, treeOf } from '../tree/tree.ts';
import { contexts } from './context.ts';
import { documentOf, joinFragments } from './documents.ts';
import { layOut } from './layout.ts';
import { packageFragments } from './packages.ts';
import { targetsOf } from './targets.ts';
import { renderText } from './template.ts';

/** One source's text for one path. */
export interface Contribution {
  readonly path: string;
  readonly text: string;
  readonly source: Pick<Source, 'folder' | 'once' | 'merge' | 'executable'>;
}

/** Files that several sources contribute to, key by key. */
const keyedFile =
  /(?:^|\/)(?:package\.json|tsconfig[\w.]*\.json|compose[\w.]*\.yaml|\.env\.example|\.gitignore|\.gitattributes|\.dockerignore|msvc\.yaml)$/;

const specOwner: Contribution['source'] = { folder: 'the spec', once: [], merge: [], executable: [] };

/** Renders a system. Throws where two sources own a path, or a template uses a name that is not there. */
export function render(plan: Plan, catalog: Catalog): FileTree {
  const contributions = [
    { path: 'msvc.yaml', text: printSpec(plan.spec), source: specOwner },
    { path: schemaPath, text: catalog.specSchema, source: specOwner },
    ...contribute(plan, catalog),
  ];
  const byPath = new Map<string, Contribution[]>();
  for (const contribution of contributions) {
    const path = documentOf(contribution.path) ?? contribution.path;
    byPath.set(path, [...(byPath.get(path) ?? []), contribution]);
  }
  return treeOf([...byPath].flatMap(([path, parts]) => filesOf(path, parts)));
}

function contribute(plan: Plan, catalog: Catalog): readonly Contribution[] {
  const contextOf = contexts(plan, catalog);
  const sources = plan.sources.map(
    ({ folder }) => catalog.sources.find((source) => source.folder === folder) as Source,
  );
  const replaced = replacedServices(sources);
  return sources.flatMap((source) => {
    const sample = source.sample ? source.id : null;
    const files = source.files.flatMap((file) =>
      targetsOf(file, { plan, sample, replaced }).map(({ path, scope }) => ({
        path,
        text: textOf(file, { path, catalog, context: contextOf(scope) }),
        source,
      })),
    );
    // A template that renders to nothing makes no file: a service without calls has no policies.
    return [
      ...files.filter(({ text }) => text.trim() !== ''),
      ...packageFragments(source, { plan, catalog }),
    ];
  });
}

interface TextRequest {
  readonly path: string;
  readonly catalog: Catalog;
  readonly context: object;
}

/** A file without a template is copied byte for byte; the layout of what a template gives depends on the names in it. */
function textOf(file: SourceFile, { path, ...options }: TextRequest): string {
  const text = renderText(file.text, options);
  if (typeof file.text === 'string' || isPrinted(path)) return text;
  if (file.path.endsWith('.ts')) return layOut(text);
  return file.path.endsWith('.json') && !keyedFile.test(file.path) ? printJson(JSON.parse(text)) : text;
}

/** The services whose role folders give way to a folder of a sample. */
function replacedServices(sources: readonly Source[]) {
  const named = (folder: string) => {
    const areas = sources.flatMap(({ sample, files }) => (sample ? files.map(({ area }) => area) : []));
    return new Set(
      areas.filter((area) => area.startsWith(`${folder}/`)).map((area) => area.slice(folder.length + 1)),
    );
  };
  return { services: named('services'), contracts: named('contracts-of') };
}

/** One file where the sources' texts fold into one; else one a source, for the tree to refuse. */
function filesOf(path: string, parts: readonly Contribution[]): readonly (readonly [string, TreeFile])[] {
  const isDocument = parts.some((part) => part.path !== path);
  const isKeyed = keyedFile.test(path) || isPrinted(path);
  if (isDocument || isKeyed) {
    const texts = parts.map(({ text }) => text);
    const fold = isPrinted(path) ? foldPrinted : foldKeyed;
    const content = isDocument ? joinFragments(parts) : fold(path, texts);
    return [[path, fileOf(path, { content, parts, isKeyed })]];
  }
  return parts.map((part) => [path, fileOf(path, { content: part.text, parts: [part], isKeyed })] as const);
}

interface FileRequest {
  readonly content: string;
  readonly parts: readonly Contribution[];
  readonly isKeyed: boolean;
}

function fileOf(path: string, { content, parts, isKeyed }: FileRequest): TreeFile {
  const some = (globs: 'once' | 'merge' | 'executable') =>
    parts.some(({ source }) => matchesGlob(path, source[globs]));
  const fileClass: FileClass = some('once') ? 'once' : isKeyed ? 'keyed' : some('merge') ? 'merge' : 'owned';
  const owners = [...new Set(parts.map(({ source }) => source.folder))].sort(comparePaths);
  return { content, mode: some('executable') ? 0o755 : 0o644, owner: owners.join(', '), class: fileClass };
}
