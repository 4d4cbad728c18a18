import { expect, test } from 'vitest';
import { z } from 'zod';
import { namesIn } from './template-names.ts';

const context = z.object({ name: z.string(), services: z.array(z.object({ port: z.number() })) });

test.each([
  ['a variable', '{{nope}}'],
  ['a condition', '{{#if nope}}x{{/if}}'],
  ['a list', '{{#each nope}}x{{/each}}'],
  ['a helper', '{{nope name}}'],
  ['a block helper', '{{#nope name}}x{{/nope}}'],
  ['a variable of another scope', '{{#each services}}{{services}}{{/each}}'],
])('%s that nobody knows is named with its line', (_what, template) => {
  expect(namesIn(`first\n${template}\n`, context).unknown).toEqual([expect.stringMatching(/^line 2: /)]);
});

test('what the context has is found from wherever it is named', () => {
  const template = '{{name}}{{#each services}}{{port}} {{../name}}{{#if @first}}x{{/if}}{{/each}}';
  expect(namesIn(template, context).unknown).toEqual([]);
});
