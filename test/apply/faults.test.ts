import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { realDisk } from '../../src/apply/disk.ts';
import { recover } from '../../src/apply/recover.ts';
import { sweepScratch } from '../../src/apply/scratch.ts';
import { UserError } from '../../src/errors.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { faultyDisk, systemError } from './faulty-disk.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { stage } from './stage.ts';

/** The result without any fault, and how many operations it took. */
async function complete(scenario: Scenario) {
  const { folder, root } = stage(scenario);
  const { disk, count } = faultyDisk({ at: Number.POSITIVE_INFINITY, strike: () => undefined });
  const before = snapshot(folder);
  await apply(scenario.changes, { root, disk });
  return { before, after: snapshot(folder), operations: count() };
}

describe.each(scenarios)('$name', (scenario) => {
  it('writes all of it and nothing else', async () => {
    const { before, after } = await complete(scenario);
    const expected = { ...before };
    for (const change of scenario.changes.changes) {
      const path = `${scenario.target}/${change.path}`;
      if (change.kind === 'delete') {
        delete expected[path];
      } else {
        expected[path] = `file ${change.mode.toString(8)} ${change.content}`;
      }
    }
    expect(filesIn(after)).toEqual(filesIn(expected));
    expect(after).not.toHaveProperty('shop/chassis/kafka/');
  });

  it('is taken back where an operation fails once', async () => {
    const { before, after, operations } = await complete(scenario);
    for (let at = 1; at <= operations; at += 1) {
      const { folder, root } = stage(scenario);
      const { disk } = faultyDisk({ at, strike: full });
      const error = await apply(scenario.changes, { root, disk }).then(() => undefined, identity);
      if (error === undefined) {
        await nextRun(scenario, { root });
      }
      expect(error === undefined || (error instanceof UserError && error.code === 1), `operation ${at}`).toBe(
        true,
      );
      expect(snapshot(folder), `operation ${at} of ${operations}`).toEqual(error ? before : after);
    }
  });

  it('is taken back by the next run where the disk stays full', async () => {
    const { before, after, operations } = await complete(scenario);
    for (let at = 1; at <= operations; at += 1) {
      const { folder, root } = stage(scenario);
      const { disk } = faultyDisk({ at, strike: full, persists: true });
      const error = await apply(scenario.changes, { root, disk }).then(() => undefined, identity);
      await nextRun(scenario, { root });
      expect(snapshot(folder), `operation ${at} of ${operations}`).toEqual(error ? before : after);
    }
  });

  it('is taken back where it is interrupted', async () => {
    const { before, after, operations } = await complete(scenario);
    const errors: unknown[] = [];
    for (let at = 1; at <= operations; at += 1) {
      const { folder, root } = stage(scenario);
      const interruption = new AbortController();
      const { disk } = interruptingDisk(at, interruption);
      const error = await apply(scenario.changes, { root, disk, signal: interruption.signal }).then(
        () => undefined,
        identity,
      );
      errors.push(error);
      expect(error === undefined || error === interruption.signal.reason).toBe(true);
      expect(snapshot(folder), `operation ${at} of ${operations}`).toEqual(error ? before : after);
    }
    expect(errors.filter(Boolean).length).toBeGreaterThan(scenario.changes.changes.length);
  });
});

it('tells in one sentence what the operating system refused', async () => {
  for (const [code, reason] of [
    ['ENOSPC', 'no space is left on the device'],
    ['EACCES', 'permission denied'],
    ['EROFS', 'the file system is read-only'],
  ] as const) {
    const { root } = stage(scenarios[0] as Scenario);
    const { disk } = faultyDisk({
      at: 1,
      strike: () => {
        throw systemError(code);
      },
    });
    const failed = apply((scenarios[0] as Scenario).changes, { root, disk });
    await expect(failed).rejects.toMatchObject({ code: 1, message: `Cannot write to "${root}": ${reason}` });
  }
});

function full(half: () => void): void {
  half();
  throw systemError('ENOSPC');
}

function interruptingDisk(at: number, interruption: AbortController) {
  const before = (count: number) => {
    if (count === at) {
      interruption.abort(new Error('interrupted'));
    }
  };
  return faultyDisk({ at: -1, strike: () => undefined, before });
}

/** What any later command does first; a target that is missing is swept for beside its place. */
async function nextRun({ target }: Scenario, { root }: { root: string }): Promise<void> {
  recover(root);
  const parent = target.includes('/') ? resolve(root, '../../..') : resolve(root, '..');
  sweepScratch(parent, realDisk);
}

const identity = (error: unknown) => error;

function filesIn(tree: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(tree ?? {}).filter(([path]) => !path.endsWith('/')));
}
