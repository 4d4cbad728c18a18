import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../lifecycle/folder.ts';
import { createMsvc, filesOnly } from './command.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
const colour = /\u001b\[\d+m/;

function widest(text: string): number {
  const lines = stripVTControlCharacters(text).split('\n');
  return Math.max(...lines.map(({ length }) => length));
}

describe('screens', () => {
  it.each([
    [80, ['--help']],
    [80, ['list']],
    [50, ['--help']],
    [50, ['add', '--help']],
    [50, ['list']],
  ])('fit into %i columns: %j', async (columns, args) => {
    const { code, stdout } = await createMsvc(args, { cwd: emptyFolder(), columns });
    expect(code).toBe(0);
    expect(widest(stdout)).toBeLessThanOrEqual(columns);
  });

  it('break the sentence of an error in a terminal only', async () => {
    const cwd = emptyFolder();
    const args = ['My Shop', '--yes'];
    expect(widest((await createMsvc(args, { cwd, columns: 50 })).stderr)).toBeLessThanOrEqual(50);
    expect((await createMsvc(args, { cwd })).stderr.split('\n')).toHaveLength(3);
  });

  it.each<
    [
      what: string,
      args: string[],
      env: Record<string, string>,
      columns: number | undefined,
      isColoured: boolean,
    ]
  >([
    ['a terminal', [], {}, 80, true],
    ['a pipe', [], {}, undefined, false],
    ['a pipe with FORCE_COLOR', [], { FORCE_COLOR: '1' }, undefined, true],
    ['a terminal with NO_COLOR', [], { NO_COLOR: '1' }, 80, false],
    ['a terminal with FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, 80, false],
    ['a dumb terminal', [], { TERM: 'dumb' }, 80, false],
    ['--no-color', ['--no-color'], { FORCE_COLOR: '1' }, 80, false],
    ['--color', ['--color'], { NO_COLOR: '1' }, undefined, true],
  ])('have colours where they should: %s', async (_what, args, env, columns, isColoured) => {
    const options = { cwd: emptyFolder(), env, ...(columns !== undefined && { columns }) };
    const listed = await createMsvc(['list', ...args], options);
    const refused = await createMsvc(['shop', '--yes', '--broker', 'x', ...args], options);
    const made = await createMsvc(['shop', '--yes', ...filesOnly, ...args], options);
    const help = await createMsvc(['--help', ...args], options);
    for (const text of [listed.stdout, refused.stderr, made.stdout, made.stderr, help.stdout]) {
      expect(colour.test(text)).toBe(isColoured);
    }
  });

  it('list the choices of the catalog, each with its line', async () => {
    const { stdout } = await createMsvc(['list'], { cwd: emptyFolder() });
    expect(stdout).toContain(
      '  rabbitmq  (default)\n    When: work is handed over and must not be lost.\n    Cost: a broker to run.\n',
    );
    expect(stdout).not.toContain('discovery');
  });

  it('list them as JSON', async () => {
    const { stdout } = await createMsvc(['list', '--json'], { cwd: emptyFolder() });
    const { groups } = JSON.parse(stdout);
    expect(groups.map(({ flag }: { flag: string }) => flag)).toEqual([
      'sync',
      'broker',
      'saga',
      'circuit-breaker',
    ]);
    expect(groups[1].choices[1]).toEqual({
      value: 'none',
      pattern: null,
      title: 'None',
      when: 'calls between services are all you need',
      cost: 'no messages, so no saga either',
      isDefault: false,
    });
  });

  it('have examples that work', async () => {
    const { stdout } = await createMsvc(['--help'], { cwd: emptyFolder(), columns: 80 });
    const [, line = ''] = /\$ npx create-msvc (book-trip --yes [^$]*?)\n +with names/.exec(stdout) ?? [];
    const args = line.replaceAll('\\', ' ').trim().split(/\s+/);
    const { code, stderr } = await createMsvc([...args, '--dry-run'], { cwd: emptyFolder() });
    expect(stderr).toContain('Planned');
    expect(code).toBe(0);
  });

  it.each([
    [['help'], ['--help']],
    [
      ['help', 'add'],
      ['add', '--help'],
    ],
    [['-hy'], ['--help']],
  ])('are the same however help is asked for: %j', async (args, usual) => {
    const [one, other] = [args, usual].map((words) => createMsvc(words, { cwd: emptyFolder() }));
    expect(await one).toEqual(await other);
  });

  it('print the version alone', async () => {
    expect(await createMsvc(['--version'], { cwd: emptyFolder() })).toEqual({
      code: 0,
      stdout: '1.2.3\n',
      stderr: '',
    });
  });
});
