import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { effectOfOutcome } from '../../src/breaker/effect.ts';
import { begin, CLOSED, type Effect, end, type Settings } from '../../src/breaker/machine.ts';
import type { Outcome } from '../../src/rpc/index.ts';

interface Step {
  at: number;
  event: { begin: string } | { end: string; effect: Effect };
  expect: { state: string; admitted?: boolean; retryAfter?: number; failures?: number };
}

interface Vectors {
  effects: { outcome: Outcome; effect: Effect }[];
  sequences: { name: string; settings: Settings; steps: Step[] }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/breaker.json', import.meta.url), 'utf8'),
) as Vectors;

for (const { outcome, effect } of vectors.effects) {
  test(`effect: ${JSON.stringify(outcome)} is ${effect}`, () => {
    assert.equal(effectOfOutcome(outcome), effect);
  });
}

for (const { name, settings, steps } of vectors.sequences) {
  test(`sequence: ${name}`, () => {
    let machine = CLOSED;
    const epochs = new Map<string, number>();
    for (const step of steps) {
      const seen: Record<string, unknown> = {};
      if ('begin' in step.event) {
        const begun = begin(machine, step.at, settings);
        machine = begun.machine;
        seen.admitted = begun.retryAfter === undefined;
        if (seen.admitted) epochs.set(step.event.begin, machine.epoch);
        else seen.retryAfter = begun.retryAfter;
      } else {
        const epoch = epochs.get(step.event.end);
        assert.ok(epoch !== undefined, `the vector ends "${step.event.end}", which never began`);
        machine = end(machine, { epoch, effect: step.event.effect, at: step.at, jitter: 0 }, settings);
      }
      seen.state = machine.state;
      if (step.expect.failures !== undefined) seen.failures = machine.failures;
      assert.deepEqual(seen, step.expect, `after ${JSON.stringify(step)}`);
    }
  });
}
