/** The fault test that every generated system with a saga brings, as its user runs it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/commands.ts';
import { expectProven } from '../e2e/proven.ts';
import { type Report, runFaults } from './report.ts';
import { chosenVariants, type Started, startVariant } from './variants.ts';

const orders = process.env.ORDERS ?? '100';
/** A second: what is in flight when the broker dies may be late, and must be a small part of so few. */
const rate = '8';
const seeds = (process.env.SEEDS ?? '1').split(',');
const standard = ['orchestration', 'choreography'].flatMap((style) =>
  ['postgres', 'rabbitmq', 'kafka'].map((broker) => `${style}/${broker}`),
);

describe.each(chosenVariants(standard))('$style on $broker', (variant) => {
  let started: Started;
  beforeAll(async () => {
    started = await startVariant(variant);
    await expectProven(started.folder, 'faults/storms.test.ts');
  });
  afterAll(async () => {
    await started?.remove();
  });

  test.each(seeds)('nothing is lost or doubled with seed %s', async (seed) => {
    await started.empty();
    const { report, code } = await runFaults(started.folder, [
      ...started.flags,
      ...['--orders', orders, '--rate', rate, '--seed', seed, '--no-probes'],
    ]);
    expect(report.rules.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(report.settled.left).toEqual([]);
    expect(report.refusals).toEqual([]);
    expectStorm(report, Number(orders));
    expect(report.example?.history).toContainEqual(expect.objectContaining({ result: 'undone' }));
    expect(code).toBe(0);
  });
});

/** All that chance has for so many orders has happened, and each fault has met some of them. */
function expectStorm({ faults, duplicates, poison, sagas }: Report, count: number): void {
  const expected = (perThousand: number) => Math.max(1, Math.round((perThousand * count) / 1000));
  const times = (kind: string, isTarget = (_target: string) => true) =>
    faults.filter((fault) => fault.kind === kind && isTarget(fault.target)).length;
  const isServer = (target: string) => ['broker', 'postgres'].includes(target);
  expect({
    broker: times('killed', (target) => target === 'broker'),
    postgres: times('killed', (target) => target === 'postgres'),
    services: times('killed', (target) => !isServer(target)),
    cut: times('cut off'),
    slow: times('slow'),
    poison,
  }).toEqual({
    broker: expected(5),
    postgres: expected(3),
    services: expected(20),
    cut: expected(10),
    slow: expected(5),
    poison: expected(10),
  });
  // Three messages at once, of which there may not be so many yet.
  expect(duplicates).toBeGreaterThanOrEqual(expected(50));
  expect(faults.filter(({ by, inFlight }) => by !== 'chance' || inFlight === 0)).toEqual([]);
  // Another one comes where a fault would meet nothing otherwise.
  expect(sagas).toBeGreaterThanOrEqual(count);
}

test('without faults everything that may be done is done, and its speed and memory are told', async () => {
  const { folder, remove } = await startVariant({ style: 'orchestration', broker: 'postgres' });
  const flags = ['--no-faults', '--orders', '50', '--rate', rate, '--seed', '1'];
  const { code, output } = await run('npm', ['run', '--silent', 'test:faults', '--', ...flags], {
    cwd: folder,
  });
  await remove();
  expect(output).toMatch(/^Sagas {2}50 orders: \d+ confirmed, \d+ rejected$/m);
  expect(output).toMatch(/^ {2}\d+\.\d a second; until their end is told p50 \d+ ms, p99 \d+ ms$/m);
  expect(output).toMatch(/^ {2}memory in MB: .*order \d+ -> \d+.*$/m);
  expect(output).toContain('\nPASSED in ');
  expect(code).toBe(0);
});
