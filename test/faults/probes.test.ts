/** Every probe of the fault test, on each transport: one situation after the other in which a mechanism is needed. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFaults } from './report.ts';
import { chosenVariants, type Started, startVariant } from './variants.ts';

/** How the services of each variant call each other, and which probes have nothing to look at then. */
const calling: Readonly<Record<string, { readonly choices: readonly string[]; readonly leftOut: string }>> = {
  // What callers look up they reach past the link that would be cut; without that there is one instance.
  'orchestration/postgres': { choices: ['--sync', 'grpc'], leftOut: 'instance-death' },
  'choreography/rabbitmq': { choices: ['--discovery', 'client'], leftOut: 'dead-dependency' },
  'orchestration/kafka': { choices: ['--sync', 'grpc', '--discovery', 'client'], leftOut: 'dead-dependency' },
};

describe.each(chosenVariants(Object.keys(calling)))('$style on $broker', (variant) => {
  const { choices, leftOut } = calling[`${variant.style}/${variant.broker}`] ?? {
    choices: [],
    leftOut: 'instance-death',
  };
  let started: Started;
  beforeAll(async () => {
    started = await startVariant(variant, choices);
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
    const without = report.probes.filter(({ result }) => result === 'left out').map(({ name }) => name);
    expect(without).toEqual([leftOut]);
    expect(report.rules.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(code).toBe(0);
  });
});
