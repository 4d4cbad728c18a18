import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readContracts } from '../../chassis/typescript/tools/contracts/read.ts';

const { apis, messages } = await readContracts(fileURLToPath(new URL('..', import.meta.url)));

for (const { type, schema, example } of messages) {
  test(`the example of ${type} is one`, () => {
    assert.deepEqual(schema.parse(example), example);
  });
}

for (const { service, operations } of apis) {
  for (const [name, { input, output, example }] of Object.entries(operations)) {
    test(`the example of ${service}.${name} is one`, () => {
      assert.deepEqual(input.parse(example.input), example.input);
      assert.deepEqual(output.parse(example.output), example.output);
    });
  }
}
