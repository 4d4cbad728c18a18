/** Documents that a generated system prints from its contracts: the keys of every object stay in order. */

import { expect, test } from 'vitest';
import { mergeKeyed } from '../../src/formats/keyed.ts';
import { foldPrinted, isPrinted } from '../../src/formats/printed.ts';

const path = 'contracts/asyncapi.json';

test('OpenAPI and AsyncAPI are such documents, the manifest beside them is none', () => {
  expect(isPrinted('contracts/openapi/user.json')).toBe(true);
  expect(isPrinted(path)).toBe(true);
  expect(isPrinted('contracts/package.json')).toBe(false);
});

test('what several sources bring is folded to the text that the system prints', () => {
  const fragments = [
    { info: { title: 'x' }, components: { messages: {}, schemas: {} } },
    { components: { messages: { C: 1, A: { z: [], y: 2 } } }, channels: { b: {} } },
    { channels: { a: { messages: { D: 1 } } }, components: { messages: { B: 1 } } },
  ];
  const whole = {
    channels: { a: { messages: { D: 1 } }, b: {} },
    components: { messages: { A: { y: 2, z: [] }, B: 1, C: 1 }, schemas: {} },
    info: { title: 'x' },
  };
  const texts = fragments.map((fragment) => JSON.stringify(fragment));
  const folded = foldPrinted(path, texts);
  expect(folded).toBe(`${JSON.stringify(whole, null, 2)}\n`);
  expect(foldPrinted(path, texts.toReversed())).toBe(folded);
});

test('two sources that say different things of one key are a mistake that names file and key', () => {
  const fragments = ['{"info":{"title":"x","version":"1"}}', '{"info":{"title":"y"}}'];
  expect(() => foldPrinted(path, fragments)).toThrow(
    `${path}: info.title is "x" in one source and "y" in another`,
  );
});

test("a message of ours and one of the user's come together in order", () => {
  const printed = (messages: object) => `${JSON.stringify({ messages }, null, 2)}\n`;
  const base = printed({ A: 1, D: 1 });
  const mine = printed({ A: 1, B: 1, D: 1 });
  const next = printed({ A: 1, C: 1, D: 1 });
  expect(mergeKeyed(path, { base, mine, next })).toEqual({
    text: printed({ A: 1, B: 1, C: 1, D: 1 }),
    notes: [],
  });
});
