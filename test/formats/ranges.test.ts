import { expect, it } from 'vitest';
import { higherRange } from '../../src/formats/ranges.ts';

it.each([
  ['1.0.0', '1.0.1', '1.0.1'],
  ['^1.9.0', '^1.10.0', '^1.10.0'],
  ['~2.0.3', '^2.1.0', '^2.1.0'],
  ['>=20.19', '20.2', '>=20.19'],
  ['2', '1.9.9', '2'],
  ['1.x', '1.0.1', '1.0.1'],
  ['2.0.0', '2.0.0-rc.1', '2.0.0'],
  ['2.0.0-rc.10', '2.0.0-rc.9', '2.0.0-rc.10'],
  ['2.0.0-beta', '2.0.0-beta.1', '2.0.0-beta.1'],
  ['2.0.0-1', '2.0.0-alpha', '2.0.0-alpha'],
  ['^1.0.0', '1.0.0', '^1.0.0'],
])('of %j and %j the higher is %j', (a, b, higher) => {
  expect(higherRange(a, b)).toBe(higher);
  if (higherRange(b, a) !== b) {
    expect(higherRange(b, a)).toBe(higher);
  }
});

it.each(['latest', 'workspace:*', 'git+https://example.com/x', '>=1 <2', '1.0.0 || 2.0.0', '*', ''])(
  'does not compare %j',
  (range) => {
    expect(higherRange(range, '1.0.0')).toBeUndefined();
    expect(higherRange('1.0.0', range)).toBeUndefined();
  },
);
