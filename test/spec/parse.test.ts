import { describe, expect, test } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { UserError } from '../../src/errors.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { printSpec } from '../../src/spec/print.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture } from '../catalogs.ts';
import { systems } from '../systems.ts';

const catalog = indexOf(fixture);
const parse = (text: string) => parseSpec(text, { file: 'msvc.yaml', catalog });

test.each(systems(fixture))('%s: what is printed is read again', (_, spec) => {
  expect(settleSpec(parse(printSpec(spec)).input, catalog)).toEqual(spec);
});

test('JSON is read as well', () => {
  expect(parse('{ "name": "shop", "broker": "none" }').input).toEqual({ name: 'shop', broker: 'none' });
});

test('a text that says nothing is no system, one that says a part has defaults for the rest', () => {
  for (const text of ['', '# just a comment\n', 'null\n'])
    expect(() => parse(text)).toThrow('msvc.yaml:1:1: says nothing');
  expect(parse('services:\n  city:\n').input).toEqual({ services: { city: null } });
});

describe('a mistake is told with its line and column', () => {
  test.each([
    ['name: [', 'msvc.yaml:1:8: ', undefined],
    ['{ "name": "a", }}', 'msvc.yaml:1:17: ', undefined],
    [
      'name: shop\nbroker: rabitmq\n',
      'msvc.yaml:2:9: broker: "rabitmq" is not one of rabbitmq, none',
      'Did you mean "rabbitmq"?',
    ],
    ['name: shop\nbrokr: none\n', 'msvc.yaml:2:8: brokr is not a key of the spec', 'Did you mean "broker"?'],
    [
      'services:\n  a: { call: [b] }\n',
      'msvc.yaml:2:14: services.a.call is not a key of the spec',
      'Did you mean "calls"?',
    ],
    ['services: [a, b]\n', 'msvc.yaml:1:11: services: ["a","b"] is not a map', undefined],
    ['name: 12\n', 'msvc.yaml:1:7: name: 12 is not a text', undefined],
    ['circuitBreaker: yes\n', 'msvc.yaml:1:17: circuitBreaker: "yes" is neither false nor a map', undefined],
    [
      'circuitBreaker: { threshold: many }\n',
      'msvc.yaml:1:30: circuitBreaker.threshold: "many" is not a',
      undefined,
    ],
    [
      'saga:\n  style: orchestrated\n',
      'msvc.yaml:2:10: saga.style: "orchestrated" is not one of',
      'Did you mean "orchestration"?',
    ],
    ['version: "1"\n', 'msvc.yaml:1:10: version: "1" is not 1', 'Write 1 without quotes'],
    [
      'circuitBreaker: "false"\n',
      'msvc.yaml:1:17: circuitBreaker: "false" is neither false nor a map',
      'Write false without quotes',
    ],
    [
      'circuitBreaker: { threshold: "5" }\n',
      'msvc.yaml:1:30: circuitBreaker.threshold: "5" is not a',
      'Write 5 without quotes',
    ],
    [
      'saga:\n  style: saga-orchestration\n',
      'msvc.yaml:2:10: saga.style: "saga-orchestration" is not one of',
      'Did you mean "orchestration"?',
    ],
    ['name: a\n---\nname: b\n', 'msvc.yaml:2:1: A second document begins here, and a spec is one', undefined],
    ['name: !foo a\n', 'msvc.yaml:1:12: The tag !foo has no meaning in a spec', undefined],
    ['name: !!js/function a\n', 'msvc.yaml:1:21: The tag !!js/function has no meaning in a spec', undefined],
    ['services: !!set { a }\n', 'msvc.yaml:1:17: The tag !!set has no meaning in a spec', undefined],
    ['version: 2\n', 'msvc.yaml:1:10: version: 2 is not 1', undefined],
    ['a: &a [*a]\n', 'msvc.yaml:1:', undefined],
  ])('%j', (text, message, hint) => {
    const error = errorOf(() => parse(text));
    expect(error.code).toBe(2);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
    expect(error.hint).toBe(hint);
  });

  test('a text that is far too long is not read', () => {
    expect(errorOf(() => parse(`# ${'x'.repeat(300_000)}`)).message).toBe('msvc.yaml is longer than 256 KB');
  });
});

test('a text that is nested too deeply is told as such', () => {
  expect(errorOf(() => parse(`name: ${'['.repeat(9000)}`)).message).toMatch(
    /^msvc\.yaml:1:\d+: It is nested too deeply$/,
  );
});

test('tags of YAML itself are read', () => {
  expect(parse('name: !!str shop\nservices: !!map { user: {} }\n').input).toMatchObject({ name: 'shop' });
});

test('a value that is left out is found at what is around it', () => {
  const file = parse('name: shop\nsaga:\n  style: orchestration\n');
  expect(file.locate(['saga', 'steps'])).toBe('msvc.yaml:3:3');
  expect(file.locate(['broker'])).toBeNull();
});

function errorOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}
