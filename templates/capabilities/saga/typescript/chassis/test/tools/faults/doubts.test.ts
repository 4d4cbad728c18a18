import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doubts, untried } from '../../../tools/faults/doubts.ts';
import type { Fault } from '../../../tools/faults/journal.ts';
import type { ProbeResult } from '../../../tools/faults/report.ts';

const killed: Fault = { target: 'broker', kind: 'killed', at: 12, inFlight: 3, by: 'chance' };
const slow: Fault = { ...killed, kind: 'slow' };

test('a run that killed something while all its faults met something is not doubted', () => {
  assert.deepEqual(doubts([killed, slow]), []);
});

test('a run that killed nothing is doubted, whatever probes have killed', () => {
  const [only, ...others] = doubts([slow, { ...killed, by: 'probe' }]);
  assert.equal(only, 'Chance has killed nothing: this run proves nothing.');
  assert.deepEqual(others, []);
});

test('every fault of chance that met nothing is named; what a probe does needs nothing more in flight', () => {
  const found = doubts([killed, { ...killed, inFlight: 0 }, slow, { ...slow, inFlight: 0, by: 'probe' }]);
  assert.deepEqual(found, [
    'Nothing was in flight at 1 of 3 faults, which prove nothing: broker killed at 12 s.',
  ]);
});

test('probes that are all left out prove nothing, and say why', () => {
  const leftOut: ProbeResult = {
    name: 'dead-dependency',
    proves: 'it is not called',
    result: 'left out',
    detail: 'no service is called',
  };
  assert.deepEqual(untried([leftOut, leftOut]), [
    'Nothing was tried, which proves nothing: dead-dependency is left out, as no service is called.',
  ]);
  assert.deepEqual(untried([leftOut, { ...leftOut, result: 'held' }]), []);
});
