/** Every valid combination of choices, in systems of every shape, renders to files that a formatter finds in order. */

import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { type Catalog, indexOf } from '../../src/catalog/catalog.ts';
import { makePlan } from '../../src/plan/make.ts';
import { render } from '../../src/render/render.ts';
import { groups, patternsOf, valueFor } from '../../src/spec/groups.ts';
import { SpecError } from '../../src/spec/input.ts';
import type { Spec } from '../../src/spec/spec.ts';
import type { FileTree } from '../../src/tree/tree.ts';
import { fixture, shipped } from '../catalogs.ts';
import { lint, unseen } from '../lint.ts';
import { choosing, selections, settled, shapes, specOf, systems, toolVersion } from '../systems.ts';
import { foreignWordsIn } from './foreign-words.ts';
import { wrongPackages } from './packages.ts';
import { lackingScripts } from './scripts.ts';
import { tracesIn } from './traces.ts';

const trees = new Map<Spec, FileTree>();

function rendered(spec: Spec, catalog: Catalog): FileTree {
  const tree = trees.get(spec) ?? render(makePlan(spec, { catalog, toolVersion }), catalog);
  trees.set(spec, tree);
  return tree;
}

const shippedSystems = systems(shipped);

describe.each([
  ['fixture', fixture, systems(fixture)],
  ['templates', shipped, shippedSystems],
])('%s', (_, catalog, all) => {
  const seen = new Set<string>();

  test.each(all)('%s', (_title, spec) => {
    for (const [path, { content }] of unseen(rendered(spec, catalog), seen)) {
      expect(content, path).not.toMatch(/\[object Object\]|__(?:service|service_snake|action|saga)__/);
      expect(content.endsWith('\n') && !content.includes('\r'), `line ends of ${path}`).toBe(true);
      if (path.endsWith('.json')) expect(() => JSON.parse(content), path).not.toThrow();
      if (/\.ya?ml$/.test(path)) expect(parseDocument(content).errors, path).toEqual([]);
    }
  });
});

test.each(shippedSystems)(
  '%s: nothing of what it has not, no package for nothing, and every script that it names',
  (_, spec) => {
    const plan = makePlan(spec, { catalog: shipped, toolVersion });
    const tree = rendered(spec, shipped);
    expect(tracesIn(tree, { plan, catalog: shipped })).toEqual([]);
    expect(wrongPackages(tree)).toEqual([]);
    expect(lackingScripts(tree)).toEqual([]);
  },
);

/** Where the chassis has what nobody is asked about (law 8), and which capability brings it. */
const safety: Readonly<Record<string, readonly string[]>> = {
  broker: ['messaging/outbox', 'messaging/relay', 'messaging/inbox', 'messaging/retry', 'messaging/failure'],
  rpc: ['rpc/deadline', 'rpc/retry', 'edge/idempotency'],
  saga: ['saga/store', 'saga/engine'],
};
const always = ['lifecycle/service', 'lifecycle/stop', 'lifecycle/health'];

test.each(shippedSystems)('%s: what makes it safe is not a choice', (_, spec) => {
  const { capabilities } = makePlan(spec, { catalog: shipped, toolVersion });
  const chassis = 'chassis/typescript/src';
  const expected = [...always, ...capabilities.flatMap((capability) => safety[capability] ?? [])];
  const paths = [...rendered(spec, shipped).keys()];
  expect(paths).toEqual(expect.arrayContaining(expected.map((path) => `${chassis}/${path}.ts`)));
});

test('a combination that cannot be is refused with choices that make it one that can', () => {
  const refused = selections(shipped).flatMap((selection) => {
    const result = settled(shapes.shop ?? {}, selection, shipped);
    return result instanceof SpecError ? [{ ...selection, error: result }] : [];
  });
  expect(refused).not.toEqual([]);
  for (const { input, patterns, error } of refused) {
    const [, ids = ''] = /^Choose (.+)$/.exec(error.hint ?? '') ?? [];
    for (const id of ids.split(' or ')) {
      const group = groups.find((one) =>
        patternsOf(one, indexOf(shipped)).some((pattern) => pattern.id === id),
      );
      const mended = group && { ...input, ...choosing(group, valueFor(group, id)) };
      const title = `${patterns.join(' + ')}, with ${id}: ${error.message}`;
      expect(mended && specOf(shapes.shop ?? {}, { input: mended }, shipped), title).toBeTruthy();
    }
  }
});

test('the formatter and the linter of the generated systems find nothing', { timeout: 60_000 }, () => {
  const { status, output } = lint(shippedSystems.map(([, spec]) => rendered(spec, shipped)));
  expect(status, output).toBe(0);
});

test.each(shippedSystems.filter(([title]) => title.startsWith('book-trip')))(
  '%s: no word of the shop',
  (_, spec) => {
    expect(foreignWordsIn(rendered(spec, shipped))).toEqual([]);
  },
);
