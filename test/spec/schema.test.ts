/** What an editor says of `msvc.yaml` while it is written is what a run would say of it. */

import { expect, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import { indexOf } from '../../src/catalog/catalog.ts';
import type { SpecInput } from '../../src/spec/input.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { printSpec } from '../../src/spec/print.ts';
import { specJsonSchema } from '../../src/spec/schema.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { fixture } from '../catalogs.ts';
import { systems } from '../systems.ts';

const catalog = indexOf(fixture);
const editor = fromJSONSchema(JSON.parse(specJsonSchema(catalog)));
const isRefused = (input: SpecInput) => !editor.safeParse(input).success;

test.each(systems(fixture))('%s: nothing is underlined', (_, spec) => {
  const { input } = parseSpec(printSpec(spec), { file: 'msvc.yaml', catalog });
  expect(editor.safeParse(input)).toMatchObject({ success: true });
});

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`service-${at}`, null]));
const steps = (count: number) => Array.from({ length: count }, (_, at) => `city.do-${at}/undo-${at}`);

test.each<[what: string, input: SpecInput, isFine: boolean]>([
  ['a name', { name: 'x'.repeat(50) }, true],
  ['a name that is too long', { name: 'x'.repeat(51) }, false],
  ['a name in capitals', { name: 'Shop' }, false],
  ['a service', { services: { ['x'.repeat(20)]: null } }, true],
  ['a service that is too long', { services: { ['x'.repeat(21)]: null } }, false],
  ['a called service that is too long', { services: { city: { calls: ['x'.repeat(21)] } } }, false],
  ['as many services as there may be', { services: many(40) }, true],
  ['too many services', { services: many(41) }, false],
  ['a channel that is too long', { services: { city: { channel: 'x'.repeat(41) } } }, false],
  ['a saga that is too long', { saga: { name: 'x'.repeat(41) } }, false],
  [
    'as many steps as there may be',
    { saga: { name: 'see-city', initiator: 'trip', steps: steps(40) } },
    true,
  ],
  ['too many steps', { saga: { name: 'see-city', initiator: 'trip', steps: steps(41) } }, false],
  ['a step without an action', { saga: { name: 'see-city', initiator: 'trip', steps: ['city'] } }, false],
])('%s', (_what, input, isFine) => {
  expect(isRefused(input)).toBe(!isFine);
  if (isFine) expect(settleSpec(input, catalog)).toBeDefined();
  else expect(() => settleSpec(input, catalog)).toThrow();
});
