import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { matchesGlob } from '../../src/catalog/glob.ts';
import { precompile } from '../../src/catalog/precompile.ts';
import { readCatalog } from '../../src/catalog/read.ts';
import { fixtureFolder } from '../catalogs.ts';
import { emptyFolder, type Files, fill } from '../lifecycle/folder.ts';

/** The fixture with some files changed. */
function read(files: Files) {
  const folder = join(emptyFolder(), 'templates');
  cpSync(fixtureFolder, folder, { recursive: true });
  return () => readCatalog(fill(folder, files));
}

test('the same folder is the same catalog', () => {
  expect(readCatalog(fixtureFolder)).toEqual(readCatalog(fixtureFolder));
});

test('a new folder is offered without a change elsewhere', () => {
  const pattern = {
    id: 'kafka',
    title: 'Kafka',
    group: 'broker',
    when: 'streams',
    cost: 'a cluster',
    provides: ['broker'],
  };
  const { data } = read({ 'patterns/kafka/pattern.json': JSON.stringify(pattern) })();
  expect(indexOf(data).patterns.map(({ id }) => id)).toContain('kafka');
});

describe('a mistake names the file and the key', () => {
  const rest = { id: 'rest', title: 'REST', group: 'sync', when: 'a', cost: 'b', provides: ['rpc'] };
  const pattern = (change: object) => ({
    'patterns/rest/pattern.json': JSON.stringify({ ...rest, ...change }),
  });
  test.each<[Files, string]>([
    [{ 'patterns/rest/pattern.json': '{' }, 'templates/patterns/rest/pattern.json is not valid JSON'],
    [pattern({ cost: undefined }), 'templates/patterns/rest/pattern.json: "cost"'],
    [pattern({ requirez: [] }), 'templates/patterns/rest/pattern.json Unrecognized key: "requirez"'],
    [
      pattern({ id: 'soap' }),
      'templates/patterns/rest/pattern.json: "id" must be the folder\'s name, "rest"',
    ],
    [pattern({ requires: ['registry'] }), '"requires" names "registry", which nothing provides'],
    [pattern({ lists: { portz: [{ a: 'b' }] } }), '"lists.portz" is a list that no source declares'],
    [pattern({ lists: { ports: [{ what: 'a' }] } }), '"lists.ports" has an entry without "port"'],
    [
      pattern({ lists: { ports: [{ what: 'a', port: '1', prot: 'x' }] } }),
      '"lists.ports.prot" is no field of the list (what, port)',
    ],
    [
      pattern({ typescript: { dependencies: { chassis: ['left-pad'] } } }),
      '"typescript.dependencies.chassis" names "left-pad", which languages/typescript/versions.json lacks',
    ],
    [pattern({ typescript: { dependencies: { chasis: [] } } }), '"typescript.dependencies"'],
    [{ 'patterns/rest/go/a.go': '' }, 'templates/patterns/rest/go is no content folder'],
    [{ 'patterns/rest/typescript/chasis/a.ts': '' }, 'templates/patterns/rest/typescript/chasis is no area'],
    [{ 'languages/typescript/versions.json': '{ "zod": "^4.0.0" }' }, '"zod" must be an exact version'],
    [
      { 'images.json': '{ "postgres": "postgres" }' },
      'templates/images.json: "postgres" must be an image with a tag',
    ],
  ])('%j', (files, message) => {
    expect(read(files)).toThrow(message);
  });

  test.each(['{{#if a}}', '{{nohelper a}}', '{{#nohelper a}}{{/nohelper}}'])('the template %s', (text) => {
    expect(() => precompile('patterns/x/a.hbs', text)).toThrow('templates/patterns/x/a.hbs is no template');
  });
});

test.each([
  ['services/a/src/x.ts', ['services/*/src/*.ts'], true],
  ['services/a/src/b/x.ts', ['services/*/src/*.ts'], false],
  ['services/a/src/b/x.ts', ['services/*/src/**'], true],
  ['x.ts', ['**/x.ts'], true],
  ['services/a/src/parts.ts', ['services/*/src/*.ts', '!**/parts.ts'], false],
  ['a+b.ts', ['a+b.ts'], true],
])('%s is in %j: %s', (path, globs, expected) => {
  expect(matchesGlob(path, globs)).toBe(expected);
});
