/** Documents that a generated system prints from its contracts: the keys of every object stay in order. */

import { expect, test } from 'vitest';
import { foldKeyed, mergeKeyed } from '../../src/formats/keyed.ts';
import { isPrinted, printSorted } from '../../src/formats/printed.ts';

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
  const folded = foldKeyed(path, fragments.map(printSorted));
  expect(folded).toBe(`${JSON.stringify(whole, null, 2)}\n`);
  expect(foldKeyed(path, fragments.toReversed().map(printSorted))).toBe(folded);
});

test("a message of ours and one of the user's come together in order", () => {
  const base = printSorted({ messages: { A: 1, D: 1 } });
  const mine = printSorted({ messages: { A: 1, B: 1, D: 1 } });
  const next = printSorted({ messages: { A: 1, C: 1, D: 1 } });
  expect(mergeKeyed(path, { base, mine, next })).toEqual({
    text: printSorted({ messages: { A: 1, B: 1, C: 1, D: 1 } }),
    notes: [],
  });
});
