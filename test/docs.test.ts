/** The commands that the documents name are commands of this CLI, with flags that it has. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { indexOf } from '../src/catalog/catalog.ts';
import { prepareNew } from '../src/run.ts';
import { settleSpec } from '../src/spec/settle.ts';
import { shipped } from './catalogs.ts';
import { catalog, createMsvc } from './cli/command.ts';
import { emptyFolder, fill } from './lifecycle/folder.ts';
import { toolVersion } from './systems.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const json = 'docs/json.md';
const documents = [...readdirSync(root).filter((file) => file.endsWith('.md')), json];

/** What `--help` of a command prints, read once. */
const helps = new Map<string, Promise<string>>();
function helpOf(command: string): Promise<string> {
  const known = helps.get(command);
  if (known) return known;
  const help = createMsvc([command, '--help'], { cwd: root }).then(({ stdout }) => stdout);
  helps.set(command, help);
  return help;
}

/** Command lines in code: one a line, a comment and continued lines taken into account. */
function commandLines(text: string): readonly string[] {
  const code = [...text.matchAll(/```(?:sh|console)?\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span ?? '',
  );
  return code
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap(
      (line) =>
        /^(?:\$ )?(?:npx |node bin\/)?create-msvc(?:\.js|@\S+)?(?: (.*))?$/.exec(
          line.replace(/\s+#.*$/, ''),
        )?.[1] ?? [],
    );
}

test.each(documents)('%s', async (document) => {
  for (const line of commandLines(readFileSync(`${root}/${document}`, 'utf8'))) {
    const words = line.split(/\s+/);
    const command = ['add', 'list', 'create'].find((name) => name === words[0]) ?? 'create';
    const help = await helpOf(command);
    for (const word of words.filter((item) => /^--[a-z]/.test(item))) {
      const flag = word.replace(/=.*/, '');
      const either = flag.startsWith('--no-') ? `--${flag.slice(5)}` : `--no-${flag.slice(2)}`;
      expect(
        [flag, either, '--version'].some((name) => help.includes(name)),
        `${flag} in: ${line}`,
      ).toBe(true);
    }
    if (command !== 'add') continue;
    const patterns = words.slice(1).filter((word) => /^[a-z]/.test(word));
    const ids = catalog.patterns.map(({ id }) => id);
    expect(
      patterns.filter((id) => !ids.includes(id)),
      `patterns in: ${line}`,
    ).toEqual([]);
  }
});

test('the picture of a session in README.md has as many files as it makes', () => {
  const options = { catalog: shipped, toolVersion, root: join(emptyFolder(), 'my-app') };
  const { changes } = prepareNew(settleSpec({}, indexOf(shipped)), options).changes;
  const told = readFileSync(`${root}/README.md`, 'utf8').match(/\d+(?= files)/g);
  expect(told).toEqual([String(changes.length), String(changes.length)]);
});

/** Path to each value of an object; names that the user chose are `<service>`. */
function keysOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    const keys = value.flatMap((item) => keysOf(item, `${path}[]`));
    return keys.every((key) => key === `${path}[]`) ? [path] : keys;
  }
  if (typeof value !== 'object' || value === null) return [path];
  const isNamed = /(?:^|\.)(?:services|urls)$/.test(path);
  return Object.entries(value).flatMap(([key, item]) =>
    keysOf(item, [...(path === '' ? [] : [path]), isNamed ? '<service>' : key].join('.')),
  );
}

/** The first column of the table below a heading. */
function toldKeys(heading: string): readonly string[] {
  const [, section = ''] = readFileSync(join(root, json), 'utf8').split(`\n## ${heading}\n`);
  const cells = section.split('\n## ')[0]?.match(/^\| `.*?(?= \|)/gm) ?? [];
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key));
}

test.each<[heading: string, args: readonly (readonly string[])[]]>([
  [
    'The result of `create` and `add`',
    [
      ['shop', '--dry-run'],
      ['shop', '--dry-run', '--saga', 'none', '--no-circuit-breaker'],
    ],
  ],
  ['The result of `list`', [['list']]],
  ['An error', [['.']]],
])('docs/json.md has every key that is printed, and no other: %s', async (heading, commands) => {
  const cwd = fill(emptyFolder(), { 'a.txt': '' });
  const printed: string[] = [];
  for (const args of commands) {
    const { stdout } = await createMsvc([...args, '--json'], { cwd });
    printed.push(...keysOf(JSON.parse(stdout)));
  }
  expect([...toldKeys(heading)].sort()).toEqual([...new Set(printed)].sort());
});
