/** Takes out the safety mechanisms one by one: the fault test of the generated system must notice each of them. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import { mutated } from './mutate.ts';
import { runFaults } from './report.ts';
import { chosenVariants, type Started, startVariant } from './variants.ts';

/** With so many seeds, beginning at 1, the original must hold and each mutant fail. */
const times = Number(process.env.SEEDS ?? 10);

describe.each(chosenVariants(['orchestration/postgres']))('$style on $broker', (variant) => {
  let started: Started;
  let caught = 0;
  beforeAll(async () => {
    started = await startVariant(variant);
  });
  afterAll(async () => {
    console.log(`${variant.style} on ${variant.broker}: ${caught} of ${mutants.length} mutants caught`);
    await started?.remove();
  });

  const flagsFor = (probes: readonly string[]) => [
    ...started.flags,
    ...['--seed', '1', '--times', String(times)],
    ...probes.flatMap((probe) => ['--only', probe]),
  ];

  test('the original holds', async () => {
    const probes = mutants.map(({ probe }) => probe);
    await started.empty();
    const { report } = await runFaults(started.folder, flagsFor(probes));
    expect(report.probes.filter(({ result }) => result !== 'held')).toEqual([]);
    expect(report.probes).toHaveLength(probes.length * times);
  });

  test.each(mutants)('$name', async ({ probe, edits }) => {
    await started.empty();
    const { report, code } = await mutated(started.folder, edits(variant), () =>
      runFaults(started.folder, flagsFor([probe])),
    );
    expect(report.probes.filter(({ result }) => result !== 'broken')).toEqual([]);
    expect(report.probes).toHaveLength(times);
    expect(code).toBe(1);
    caught++;
  });
});
