import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PlannedRequest, planFaults, planRequests } from '../../../tools/faults/plan.ts';
import { stream } from '../../../tools/faults/random.ts';

const labels = ['one', 'two', 'three'];

function take(count: number, from: Iterator<PlannedRequest>): PlannedRequest[] {
  return Array.from({ length: count }, () => from.next().value as PlannedRequest);
}

test('a seed plans the same faults and the same requests, however the two interleave', () => {
  const requests = take(40, planRequests(7));
  const faults = planFaults({ seed: 7, cases: 100, labels });
  const again = planRequests(7);
  const some = take(13, again);
  const faultsBetween = planFaults({ seed: 7, cases: 100, labels });
  assert.deepEqual([...some, ...take(27, again)], requests);
  assert.deepEqual(faultsBetween, faults);
  assert.notDeepEqual(planFaults({ seed: 8, cases: 100, labels }), faults);
  assert.notDeepEqual(take(40, planRequests(8)), requests);
});

test('each fault is planned as often as a thousand cases ask for, and at least once', () => {
  const count = (cases: number) => {
    const kinds = planFaults({ seed: 1, cases, labels }).map(({ strike }) => strike.kind);
    return ['broker', 'service', 'postgres', 'cut', 'slow', 'again', 'poison'].map(
      (kind) => kinds.filter((one) => one === kind).length,
    );
  };
  assert.deepEqual(count(1000), [5, 20, 3, 10, 5, 50, 10]);
  assert.deepEqual(count(100), [1, 2, 1, 1, 1, 5, 1]);
  assert.deepEqual(count(10), [1, 1, 1, 1, 1, 1, 1]);
});

test('faults come in the order of their cases, and not among the last of them', () => {
  const from = planFaults({ seed: 3, cases: 1000, labels }).map((fault) => fault.from);
  assert.deepEqual(
    from,
    from.toSorted((a, b) => a - b),
  );
  assert.ok((from.at(-1) ?? 0) < 900);
});

test('each purpose has numbers of its own', () => {
  const numbers = (seed: number, purpose: string) => {
    const random = stream(seed, purpose);
    return Array.from({ length: 3 }, random.next);
  };
  assert.deepEqual(numbers(1, 'a'), numbers(1, 'a'));
  assert.notDeepEqual(numbers(1, 'a'), numbers(1, 'b'));
  assert.notDeepEqual(numbers(1, 'a'), numbers(2, 'a'));
});
