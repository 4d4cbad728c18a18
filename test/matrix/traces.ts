/** What was not chosen leaves no trace: no word, package, variable, metric, folder or decision record of it. */

import type { Catalog, Lists, Source } from '../../src/catalog/catalog.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { FileTree } from '../../src/tree/tree.ts';

/** Words that tell of a source beyond the names that its folder has. */
const told: Readonly<Record<string, RegExp>> = {
  broker: /\boutbox\b|\binbox\b|dead[- ]letter|asyncapi|\bBROKER_/i,
  saga: /\bsagas?\b/i,
  'circuit-breaker': /circuit|\bbreaker\b/i,
};

/** Names of a source that are words of every system, too: metrics have a registry, ports name schemes and outcomes. */
const common = ['rest', 'grpc', 'registry'];

/** A port that says what it is for, and tools that ask `system.ts` what there is. */
const exempt: Readonly<Record<string, RegExp>> = {
  'circuit-breaker': /^chassis\/[^/]+\/(?:src\/rpc|test\/grpc)\//,
  broker: /^chassis\/[^/]+\/(?:tools|src\/testing)\//,
};

/** Both say what else there is. */
const choices = /^msvc\.yaml$|^\.create-msvc\//;

/** Lines of the tree that tell of a pattern or capability that its plan has not, with the path in front. */
export function tracesIn(
  tree: FileTree,
  { plan, catalog }: { plan: Plan; catalog: Catalog },
): readonly string[] {
  const has = new Set(plan.sources.map(({ folder }) => folder));
  const used = new Set(catalog.sources.filter(({ folder }) => has.has(folder)).flatMap(namesOf));
  const absent = catalog.sources
    .filter(({ kind, folder }) => (kind === 'pattern' || kind === 'capability') && !has.has(folder))
    .map((source) => ({ source, names: namesOf(source).filter((name) => !used.has(name)) }));
  return [...tree].flatMap(([path, { content }]) => {
    if (choices.test(path)) return [];
    const lines = [path, ...content.split('\n')];
    return absent.flatMap(({ source: { id }, names }) => {
      if (exempt[id]?.test(path)) return [];
      const isTrace = (line: string) => told[id]?.test(line) || names.some((name) => line.includes(name));
      return lines.filter(isTrace).map((line) => `${path}: ${line.trim()} (${id})`);
    });
  });
}

/** The names that come with a source: its own, and those of its packages and entries. */
function namesOf({ id, sections }: Source): readonly string[] {
  const own = common.includes(id) ? [] : [id];
  const parts = Object.values(sections).flatMap(({ lists, dependencies, devDependencies }) => [
    ...[dependencies, devDependencies].flatMap((areas) =>
      Object.values(areas)
        .flat()
        .map((name) => `"${name}"`),
    ),
    ...entriesOf(lists, { list: 'metrics', field: 'name' }),
    ...entriesOf(lists, { list: 'variables', field: 'name' }).map((name) => `\`${name}\``),
    ...entriesOf(lists, { list: 'decisions', field: 'file' }),
    ...entriesOf(lists, { list: 'folders', field: 'path' }).map((path) => `/src/${path}/`),
  ]);
  return [...own, ...parts];
}

function entriesOf(lists: Lists, { list, field }: { list: string; field: string }): readonly string[] {
  return (lists[list] ?? []).flatMap(({ fields }) => {
    const text = fields[field];
    return typeof text === 'string' ? [text] : [];
  });
}
