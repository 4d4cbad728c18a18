/** Creating and adding are one function with another base, so the order of choices leaves no trace. */

import { cpSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { type Catalog, indexOf } from '../../src/catalog/catalog.ts';
import { type Prepared, prepareAddition, prepareNew, specFile } from '../../src/run.ts';
import { chosenPatterns } from '../../src/spec/groups.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { fixture, shipped } from '../catalogs.ts';
import { selections, shapes, specOf, toolVersion } from '../systems.ts';
import { emptyFolder } from './folder.ts';
import { snapshot } from './snapshot.ts';

const made = new Map<string, string>();
const folder = mkdtempSync(join(tmpdir(), 'create-msvc-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A system as it was created, once for all tests. */
async function created(spec: Spec, catalog: Catalog): Promise<string> {
  const key = JSON.stringify([spec, catalog === shipped]);
  const known = made.get(key);
  if (known) return known;
  const root = join(folder, String(made.size));
  const { changes } = prepareNew(spec, { catalog, toolVersion, root });
  await apply(changes, { root });
  made.set(key, root);
  return root;
}

/** A copy of its own. */
async function create(spec: Spec, catalog: Catalog): Promise<string> {
  const root = join(emptyFolder(), 'system');
  cpSync(await created(spec, catalog), root, { recursive: true });
  return root;
}

async function add(root: string, { patterns, catalog }: Addition): Promise<Prepared> {
  const prepared = await prepareAddition({ patterns }, { catalog, toolVersion, root });
  await apply(prepared.changes, { root });
  return prepared;
}

interface Addition {
  readonly patterns: readonly string[];
  readonly catalog: Catalog;
}

/** Every valid choice, and every larger one that contains it. */
function pairs(catalog: Catalog): readonly (readonly [title: string, smaller: Spec, larger: Spec])[] {
  const valid = selections(catalog).flatMap((selection) => {
    const spec = specOf(shapes.shop ?? {}, selection, catalog);
    return spec ? [{ spec, patterns: chosenPatterns(spec, indexOf(catalog)) }] : [];
  });
  return valid.flatMap((smaller) =>
    valid
      .filter((larger) => larger !== smaller && smaller.patterns.every((id) => larger.patterns.includes(id)))
      .map((larger) => {
        const title = `${smaller.patterns.join(' + ')} -> ${larger.patterns.join(' + ')}`;
        return [title, smaller.spec, larger.spec] as const;
      }),
  );
}

describe.each([
  ['fixture', fixture],
  ['templates', shipped],
])('%s', (_, catalog) => {
  test.each(pairs(catalog))('%s: added is as created', async (_title, smaller, larger) => {
    const index = indexOf(catalog);
    const has = chosenPatterns(smaller, index);
    const patterns = chosenPatterns(larger, index).filter((id) => !has.includes(id));
    const wanted = snapshot(await created(larger, catalog));

    const atOnce = await create(smaller, catalog);
    await add(atOnce, { patterns, catalog });
    expect(snapshot(atOnce)).toEqual(wanted);

    if (patterns.length < 2) return;
    const backwards = await create(smaller, catalog);
    await add(backwards, { patterns: patterns.toReversed(), catalog });
    expect(snapshot(backwards)).toEqual(wanted);
  });

  test('the order of single additions leaves no trace', async () => {
    const [smallest, largest] = [pairs(catalog).at(-1)?.[1], pairs(catalog)[0]?.[2]];
    const plain = specOf(
      shapes.shop ?? {},
      { input: { broker: 'none', saga: 'none', circuitBreaker: false }, patterns: [] },
      catalog,
    );
    if (!smallest || !largest || !plain) throw new Error('No pair of choices');
    const steps = ['rabbitmq', 'saga-orchestration', 'circuit-breaker'];
    const orders = [
      steps,
      ['rabbitmq', 'circuit-breaker', 'saga-orchestration'],
      ['circuit-breaker', 'rabbitmq', 'saga-orchestration'],
    ];
    const ends = [];
    for (const order of orders) {
      const root = await create(plain, catalog);
      for (const pattern of order) await add(root, { patterns: [pattern], catalog });
      ends.push(snapshot(root));
    }
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });
});

test('what is there already is added without a change, not even of a time', async () => {
  const spec = specOf({}, { input: {}, patterns: [] }, fixture);
  const root = await create(spec as Spec, fixture);
  const before = lstatSync(join(root, 'README.md')).mtimeMs;
  const { changes } = await add(root, { patterns: ['rabbitmq', 'circuit-breaker'], catalog: fixture });
  expect(changes.changes).toEqual([]);
  expect(lstatSync(join(root, 'README.md')).mtimeMs).toBe(before);
});

test('a comment and a value of the user in msvc.yaml outlive an addition', async () => {
  const spec = specOf({}, { input: { circuitBreaker: false }, patterns: [] }, fixture);
  const root = await create(spec as Spec, fixture);
  const file = join(root, specFile);
  const edited = `${readFileSync(file, 'utf8').replace('sync: rest', 'sync: rest # for the browsers')}# Asked for by the shop's team.\n`;
  writeFileSync(file, edited);
  await add(root, { patterns: ['circuit-breaker'], catalog: fixture });
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('sync: rest # for the browsers');
  expect(text).toContain("# Asked for by the shop's team.");
  expect(text).toContain('circuitBreaker: { threshold: 5, resetTimeout: 30s }');
});
