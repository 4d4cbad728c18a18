import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { mermaid } from '@app/chassis/saga';
import { placeOrder } from '../src/flow.ts';

test('the README draws the saga that runs', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const drawn = mermaid(placeOrder);
  assert.ok(readme.includes(drawn), `README.md draws another saga than this one:\n${drawn}`);
});
