/** The fault test that every generated system with a saga brings, as its user runs it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFaults } from './report.ts';
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
    const killed = report.faults.filter(({ kind }) => kind === 'killed').map(({ target }) => target);
    expect(killed).toEqual(expect.arrayContaining(['broker', 'postgres']));
    expect(report.faults.some(({ kind, inFlight }) => kind === 'killed' && inFlight > 0)).toBe(true);
    expect(code).toBe(0);
  });
});
