/**
 * Every combination as its users would check it. One of them: `npm run test:matrix -- -t 'shop: rest + rabbitmq$'`.
 * The tests of all of them take hours on two cores, and are not run again where nothing has changed (passed.ts). With
 * `MATRIX=pairs` those of the systems in which every two choices meet are run, and the other systems are checked
 * without their tests.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePlan } from '../../src/plan/make.ts';
import { render } from '../../src/render/render.ts';
import type { Spec } from '../../src/spec/spec.ts';
import { shipped } from '../catalogs.ts';
import { ensureDocker } from '../e2e/engine.ts';
import { lint } from '../lint.ts';
import { systems as all, pairwise, toolVersion } from '../systems.ts';
import { installedIn } from './installed.ts';
import { combinationsPage } from './table.ts';
import { typeCheck } from './types.ts';
import { startUnits, type Units } from './units.ts';
import {
  asyncApiValidator,
  documentsAt,
  lintProtos,
  openApiValidator,
  type Validate,
  validateCompose,
} from './validators.ts';
import { makeWorkspace, type System, type Workspace } from './workspace.ts';

/** Systems in one run of the compiler: more share more, and take more memory. */
const batchSize = 8;

const isShop = (title: string) => title.startsWith('shop: ');

const specs = new Map(all(shipped));
const tested = process.env.MATRIX === 'pairs' ? pairsOfShop() : new Set(specs.keys());
const rendered = (spec: Spec) => render(makePlan(spec, { catalog: shipped, toolVersion }), shipped);
const trees = new Map([...specs].map(([title, spec]) => [title, rendered(spec)]));
const titles = [...specs.keys()];

let workspace: Workspace;
let units: Units;
beforeAll(async () => {
  workspace = await makeWorkspace(trees);
  units = await startUnits(workspace);
});
afterAll(async () => {
  await units?.stop();
  workspace?.remove();
});

const batches = new Map<number, ReturnType<typeof typeCheck>>();
/** Of each system that has passed, how many test files it has that have passed, too. */
const checked = new Map<string, number>();

test.each(titles)('%s', async (title) => {
  const index = titles.indexOf(title);
  const system = workspace.systems[index] as System;
  expect(await typeErrorsOf(system, Math.floor(index / batchSize))).toEqual([]);
  const { files, run } = tested.has(title) ? await units.check(system) : { files: 0, run: 0 };
  console.log(`${title}: ${files} test files, ${run} of them run here`);
  checked.set(title, files);
});

function typeErrorsOf(system: System, batch: number): Promise<readonly string[]> {
  const first = batch * batchSize;
  const members = workspace.systems.slice(first, first + batchSize);
  const found = batches.get(batch) ?? typeCheck(members, workspace);
  batches.set(batch, found);
  return found.then((errors) => errors.get(system.title) ?? []);
}

test('the linter finds nothing', () => {
  expect(lint([...trees.values()])).toEqual({ status: 0, output: expect.anything() });
});

test('Docker Compose reads the compose files', async () => {
  await ensureDocker();
  await expectValid(/^compose\.yaml$/, async () => validateCompose);
});

test('the OpenAPI documents are valid', async () => {
  await expectValid(/^contracts\/openapi\/.*\.json$/, openApiValidator);
});

test('the AsyncAPI documents are valid', async () => {
  await expectValid(/^contracts\/asyncapi\.json$/, asyncApiValidator);
});

test.runIf([...trees.values()].some((tree) => [...tree.keys()].some((path) => path.endsWith('.proto'))))(
  'buf lint finds nothing in the protos',
  async () => {
    await expectValid(/(?:^|\/)buf\.yaml$/, async () => lintProtos);
  },
);

async function expectValid(pattern: RegExp, validator: (workspace: Workspace) => Promise<Validate>) {
  const validate = await validator(workspace);
  const documents = documentsAt(pattern, workspace.systems);
  expect(documents).not.toEqual([]);
  for (const document of documents) {
    expect(await validate(document), `${document.path} of ${document.system.title}`).toEqual([]);
  }
}

function pairsOfShop(): ReadonlySet<string> {
  const shop = all(shipped).filter(([title]) => isShop(title));
  const some = pairwise(
    shop.map(([, spec]) => spec),
    shipped,
  );
  return new Set(shop.filter(([, spec]) => some.includes(spec)).map(([title]) => title));
}

test('the page of the combinations is written', { sequential: true }, ({ skip }) => {
  // A part of them is no page.
  if (checked.size < titles.length) skip();
  const installed = installedIn(workspace.root);
  const rows = [...specs]
    .filter(([title]) => isShop(title))
    .map(([title, spec]) => {
      const tree = trees.get(title) ?? rendered(spec);
      return { spec, tree, installed: installed(tree), tests: checked.get(title) ?? 0 };
    });
  writeFileSync(
    fileURLToPath(new URL('../../docs/combinations.md', import.meta.url)),
    combinationsPage(rows),
  );
});
