import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { realDisk } from '../../src/apply/disk.ts';
import { recover } from '../../src/apply/recover.ts';
import { sweepScratch } from '../../src/apply/scratch.ts';
import { emptyFolder } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { stage } from './stage.ts';

let child: string;

beforeAll(() => {
  child = join(import.meta.dirname, '../../node_modules/.cache/create-msvc/crash.child.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'crash.child.ts')],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['vitest'],
    mainFields: ['module', 'main'],
  });
});

function run(scenario: Scenario, { root, at, ...options }: { root: string; at: number; uid?: number }) {
  return execa(process.execPath, [child, scenario.name, root, String(at)], { reject: false, ...options });
}

describe.each(scenarios)('killed at any operation: $name', (scenario) => {
  it('is as before or complete after the next run, which then completes it', {
    timeout: 120_000,
  }, async () => {
    const { folder, root } = stage(scenario);
    const before = snapshot(folder);
    const operations = Number((await run(scenario, { root, at: 0 })).stdout);
    const after = snapshot(folder);
    expect(operations).toBeGreaterThan(10);
    const points = Array.from({ length: operations }, (_, index) => index + 1);
    await Promise.all(points.map((at) => killOnce(scenario, { at, before, after })));
  });
});

async function killOnce(scenario: Scenario, expected: { at: number; before: unknown; after: unknown }) {
  const { at, before, after } = expected;
  const { folder, root } = stage(scenario);
  expect((await run(scenario, { root, at })).signal).toBe('SIGKILL');
  recover(root);
  const found = snapshot(folder);
  const isComplete =
    found?.[`${scenario.target}/README.md`] === (after as typeof found)?.[`${scenario.target}/README.md`];
  const message = `killed in operation ${at}`;
  expect(withoutScratch(found), message).toEqual(isComplete ? after : before);
  if (isComplete) {
    sweepScratch(folder, realDisk);
  } else {
    await apply(scenario.changes, { root });
  }
  expect(snapshot(folder), message).toEqual(after);
}

/** What lies beside a missing target is removed by the next run that creates there. */
function withoutScratch(tree: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(tree ?? {}).filter(([path]) => !path.startsWith('.create-msvc-')));
}

it('says that the parent cannot be written to', async () => {
  const parent = emptyFolder();
  chmodSync(parent, 0o555);
  const root = join(parent, 'shop');
  // Root may write everywhere, so the process is of somebody who may not.
  const { stdout } = await run(scenarios[0] as Scenario, {
    root,
    at: 0,
    ...(process.getuid?.() === 0 ? { uid: 65_534 } : {}),
  });
  expect(stdout).toBe(`1: Cannot write to "${root}": permission denied`);
  expect(snapshot(parent)).toEqual({});
});
