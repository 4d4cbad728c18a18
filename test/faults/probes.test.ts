/** Every probe of the fault test, on each transport: one situation after the other in which a mechanism is needed. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFaults } from './report.ts';
import { chosenVariants, type Started, startVariant } from './variants.ts';

const standard = ['orchestration/postgres', 'choreography/rabbitmq', 'orchestration/kafka'];

describe.each(chosenVariants(standard))('$style on $broker', (variant) => {
  let started: Started;
  beforeAll(async () => {
    // With it the death of one of several instances can be looked at, too.
    started = await startVariant(variant, ['--discovery', 'client']);
  });
  afterAll(async () => {
    await started?.remove();
  });

  test('every mechanism holds', async () => {
    await started.empty();
    const { report, code } = await runFaults(started.folder, [
      ...started.flags,
      ...['--orders', '20', '--seed', '1'],
    ]);
    expect(report.probes.filter(({ result }) => result === 'broken')).toEqual([]);
    const leftOut = report.probes.filter(({ result }) => result === 'left out').map(({ name }) => name);
    // What callers look up they reach past the link that would be cut.
    expect(leftOut).toEqual(['dead-dependency']);
    expect(report.rules.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(code).toBe(0);
  });
});
