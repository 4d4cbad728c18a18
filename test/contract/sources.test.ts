/** What every source folder has to keep. Folders are found, not listed: a new one is tested without a line here. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Catalog, indexOf, type Source, type SourceFile } from '../../src/catalog/catalog.ts';
import { readCatalog } from '../../src/catalog/read.ts';
import { makePlan } from '../../src/plan/make.ts';
import { contexts } from '../../src/render/context.ts';
import { contextSchema } from '../../src/render/context-schema.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture, fixtureFolder, shipped, templatesFolder } from '../catalogs.ts';
import { namesIn } from './template-names.ts';

const catalogs: readonly (readonly [string, Catalog, string])[] = [
  ['templates', shipped, templatesFolder],
  ['fixture', fixture, fixtureFolder],
];

describe.each(catalogs)('%s', (name, catalog, folder) => {
  const texts = readCatalog(folder).templates;

  test.each(templatesOf(catalog, texts))('%s uses names that its context has', (template, scope) => {
    expect(namesIn(texts[template] ?? '', contextSchema(catalog, { scope })).unknown).toEqual([]);
  });

  test('every list that is declared is iterated over', () => {
    const declared = catalog.sources.flatMap(({ declares }) => Object.keys(declares));
    const all = Object.values(texts).join('\n');
    expect(declared.filter((list) => !all.includes(`lists.${list}`))).toEqual([]);
  });

  test('every `when` of a list entry is a name of the context', () => {
    const paths = catalog.sources.flatMap(({ sections }) =>
      Object.values(sections).flatMap(({ lists }) =>
        Object.values(lists).flatMap((entries) => entries.flatMap(({ when }) => when ?? [])),
      ),
    );
    const schema = contextSchema(catalog, { scope: 'service' });
    expect(paths.filter((path) => namesIn(`{{#if ${path}}}{{/if}}`, schema).unknown.length > 0)).toEqual([]);
  });

  test('the schema of the context is that of the real one', () => {
    const index = indexOf(catalog);
    const plan = makePlan(settleSpec({}, index), { catalog, toolVersion: '1.2.3' });
    const contextOf = contexts(plan, catalog);
    const [service] = plan.services.filter(({ role }) => role === 'participant');
    const [action] = service?.actions ?? [];
    if (!service || !action) throw new Error('The default system has no participant');
    const scopes = { system: {}, service: { service }, action: { service, action } };
    for (const [scope, of] of Object.entries(scopes)) {
      // Some lists can only be made for a service.
      const { lists: _, ...context } = contextOf(of);
      contextSchema(catalog, { scope: scope as Scope })
        .omit({ lists: true })
        .parse(context);
    }
  });

  const patterns = catalog.sources.filter(({ kind }) => kind === 'pattern');
  test.runIf(name === 'templates').each(patterns.map((pattern) => [pattern.id, pattern] as const))(
    'the pattern %s says when, when not, what it costs and where that is from',
    (_, pattern) => {
      const readme = join(folder, pattern.folder, 'README.md');
      expect(existsSync(readme)).toBe(true);
      const text = readFileSync(readme, 'utf8');
      for (const heading of ['When', 'When not', 'Cost', 'Sources'])
        expect(text).toContain(`\n## ${heading}\n`);
    },
  );
});

/** Each template with what it is rendered for. */
function templatesOf(catalog: Catalog, texts: Texts): readonly (readonly [string, Scope])[] {
  const files = catalog.sources.flatMap((source) => source.files);
  const ofFiles = files.flatMap((file) =>
    typeof file.text === 'string' ? [] : [[file.text.template, scopeOf(file)] as const],
  );
  const ofSystem = new Set(
    ofFiles
      .filter(([, scope]) => scope === 'system')
      .flatMap(([name, scope]) => [...namesIn(texts[name] ?? '', contextSchema(catalog, { scope })).lists]),
  );
  return [...ofFiles, ...catalog.sources.flatMap((source) => entryTemplates(source, ofSystem))];
}

type Texts = Readonly<Record<string, string>>;
type Scope = 'system' | 'service' | 'action';

function scopeOf({ area, path }: SourceFile): Scope {
  if (path.includes('__action__')) return 'action';
  const isOfSystem = ['shared', 'root', 'chassis', 'contracts'].includes(area);
  return isOfSystem && !path.includes('__service') ? 'system' : 'service';
}

/** An entry sees what the file sees that iterates over its list. */
function entryTemplates(
  source: Source,
  ofSystem: ReadonlySet<string>,
): readonly (readonly [string, Scope])[] {
  return Object.values(source.sections).flatMap(({ lists }) =>
    Object.entries(lists).flatMap(([list, entries]) => {
      const fields = entries.flatMap((entry) => Object.values(entry.fields));
      const scope = ofSystem.has(list) ? 'system' : 'service';
      return fields.flatMap((text) => (typeof text === 'string' ? [] : [[text.template, scope] as const]));
    }),
  );
}
