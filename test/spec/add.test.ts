import { expect, test } from 'vitest';
import type { CatalogIndex } from '../../src/catalog/catalog.ts';
import { indexOf } from '../../src/catalog/catalog.ts';
import { addPatterns } from '../../src/spec/add.ts';
import { choiceHint, choicesOf, groups, offeredGroups } from '../../src/spec/groups.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture } from '../catalogs.ts';

const small = indexOf(fixture);
const [rabbitmq, rest] = ['rabbitmq', 'rest'].map((id) =>
  small.patterns.find((pattern) => pattern.id === id),
);
if (!rabbitmq || !rest) throw new Error('The fixture lacks a pattern');
/** With a second pattern in two groups. */
const large: CatalogIndex = {
  ...small,
  patterns: [...small.patterns, { ...rabbitmq, id: 'kafka' }, { ...rest, id: 'grpc' }],
};

test('a group that is occupied is not swapped by adding', () => {
  const spec = settleSpec({}, large);
  expect(() => addPatterns({ patterns: ['kafka'], spec, catalog: large })).toThrow(
    expect.objectContaining({
      code: 2,
      message: 'Cannot add "kafka": broker is already "rabbitmq"',
      hint: 'Change broker in msvc.yaml, and bring all else up to date: create-msvc add rest',
    }),
  );
});

test('two patterns that take each other’s place are refused, in either order', () => {
  const spec = settleSpec({ broker: 'none', saga: 'none' }, large);
  for (const patterns of [
    ['kafka', 'rabbitmq'],
    ['rabbitmq', 'kafka'],
  ])
    expect(() => addPatterns({ patterns, spec, catalog: large })).toThrow('a system has one broker');
});

test('a second sync pattern comes beside the first', () => {
  const input = addPatterns({ patterns: ['grpc'], spec: settleSpec({}, large), catalog: large });
  expect(settleSpec(input, large).sync).toBe('both');
  const again = addPatterns({ patterns: ['rest', 'grpc'], spec: settleSpec(input, large), catalog: large });
  expect(settleSpec(again, large)).toEqual(settleSpec(input, large));
});

test.each([
  ['circuitbreaker', 'circuit-breaker'],
  ['orchestration', 'saga-orchestration'],
])('an unknown pattern comes with a suggestion: %s', (id, meant) => {
  const spec = settleSpec({}, small);
  expect(() => addPatterns({ patterns: [id], spec, catalog: small })).toThrow(
    expect.objectContaining({
      code: 2,
      message: `There is no pattern "${id}"`,
      hint: `Did you mean "${meant}"?`,
    }),
  );
});

test('a pattern in place of a choice comes with the choice', () => {
  const discovery = groups.find(({ id }) => id === 'discovery');
  expect(discovery && choiceHint(discovery, 'discovery-client', ['client', 'server', 'none'])).toBe(
    'Did you mean "client"?',
  );
});

test('only groups with a pattern are offered, and only what the catalog has', () => {
  expect(offeredGroups(small).map(({ id }) => id)).toEqual(['sync', 'broker', 'saga', 'circuit-breaker']);
  const values = groups.map((group) => choicesOf(group, large).map(({ value }) => value));
  expect(values.slice(0, 3)).toEqual([
    ['rest', 'grpc', 'both'],
    ['rabbitmq', 'kafka', 'none'],
    ['orchestration', 'none'],
  ]);
});
