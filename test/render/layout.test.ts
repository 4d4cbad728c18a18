import { describe, expect, test } from 'vitest';
import { arrangeImports } from '../../src/render/imports.ts';
import { layOut } from '../../src/render/layout.ts';

const long = 'a'.repeat(60);

describe('a line that is too wide', () => {
  test.each([
    ['a call', `f(${long}, ${long});`, `f(\n  ${long},\n  ${long},\n);`],
    ['a last object', `f(one, { ${long}, b: '${long}' });`, `f(one, {\n  ${long},\n  b: '${long}',\n});`],
    [
      'a parameter taken apart',
      `const f = ({ ${long}, ${long} }: Type) => {`,
      `const f = ({\n  ${long},\n  ${long},\n}: Type) => {`,
    ],
    ['an arrow', `  ${long}: () => f(${long});`, `  ${long}: () =>\n    f(${long});`],
    [
      'an argument that is an arrow',
      `const x = await ${long}((tx) => f(${long}));`,
      `const x = await ${long}((tx) =>\n  f(${long}),\n);`,
    ],
    ['a chain', `${long}.a(1).b('${long}');`, `${long}\n  .a(1)\n  .b('${long}');`],
    [
      'what follows a condition',
      `if (!a.b) return f('${long}', '${long}');`,
      `if (!a.b)\n  return f(\n    '${long}',\n    '${long}',\n  );`,
    ],
    [
      'a call whose result is taken apart',
      `const { ${long}, b } = f(${long}, c);`,
      `const { ${long}, b } = f(\n  ${long},\n  c,\n);`,
    ],
    [
      'a choice that does not fit on one line',
      `return a\n  ? ${long}(b)\n  : ${long}({ ${long}, c });`,
      `return a\n  ? ${long}(b)\n  : ${long}({\n      ${long},\n      c,\n    });`,
    ],
    ['a text', `const sql = '${long} (${long})';`, `const sql =\n  '${long} (${long})';`],
  ])('%s', (_, line, expected) => {
    expect(layOut(line)).toBe(expected);
  });

  test.each([`// ${long} (${long}, ${long})`, `/** ${long}(${long}) */`, `a(\`\n${long}(${long}, b)\n\`);`])(
    'is left as it is where it is no code: %j',
    (text) => {
      expect(layOut(text)).toBe(text);
    },
  );

  test('with an import of one name is left as it is', () => {
    const text = `import { ${long} as a } from './${long}.ts';`;
    expect(layOut(text)).toBe(text);
  });

  test('is broken before an object over several lines', () => {
    expect(layOut(`reply('${long}', '${long}', {\n  a: 1,\n});`)).toBe(
      `reply(\n  '${long}',\n  '${long}',\n  {\n    a: 1,\n  },\n);`,
    );
  });

  test('is broken before a function over several lines', () => {
    expect(layOut(`handles(${long}, async (${long}) => {\n  work();\n});`)).toBe(
      `handles(\n  ${long},\n  async (${long}) => {\n    work();\n  },\n);`,
    );
  });

  test('of parentheses around an expression is not broken there', () => {
    expect(layOut(`const x = (await f('${long}')).g as ${long};`)).toBe(
      `const x = (await f(\n  '${long}',\n)).g as ${long};`,
    );
  });
});

test('a list that fits is put on one line, and several objects are not', () => {
  expect(layOut('const a = [\n  one,\n  f({ b }),\n];')).toBe('const a = [one, f({ b })];');
  expect(layOut('const a = [\n  { b: 1 },\n  { b: 2 },\n];')).toBe(
    'const a = [\n  { b: 1 },\n  { b: 2 },\n];',
  );
});

test('a choice that fits is put on one line', () => {
  expect(layOut('  return a.b\n    ? c(d)\n    : e({ f });\n')).toBe('  return a.b ? c(d) : e({ f });\n');
});

test('imports are sorted, and those of one module united', () => {
  const text = [
    "import { z } from 'zod';",
    "import { b } from './b.ts';",
    "import type { Tx } from '@app/chassis/database';",
    "import { http } from '@app/chassis/http';",
    "import * as all from '../all.ts';",
    "import { api, type Api } from '@app/chassis/http';",
    "import { test } from 'node:test';",
    "import { b } from './b.ts';",
  ].join('\n');
  expect(arrangeImports(text)).toBe(
    [
      "import { test } from 'node:test';",
      "import type { Tx } from '@app/chassis/database';",
      "import { type Api, api, http } from '@app/chassis/http';",
      "import { z } from 'zod';",
      "import * as all from '../all.ts';",
      "import { b } from './b.ts';",
      '',
    ].join('\n'),
  );
});
