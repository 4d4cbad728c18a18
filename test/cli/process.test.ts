import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { choicesOf, chosenValue, offeredGroups } from '../../src/spec/groups.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { shipped } from '../catalogs.ts';
import { identity } from '../identity.ts';
import { emptyFolder } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin/create-msvc.js');

interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly cwd: string;
  /** Waits until this is printed, after what was waited for before. */
  says(text: string): Promise<void>;
  /** The code is the one that a shell tells, also of a process that a signal ended. */
  readonly ended: Promise<{ readonly code: number; readonly output: string }>;
}

/** Starts a process whose stdin stays open until the test closes it, in a folder with these rights. */
function start(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  rights = 0o700,
): Started {
  const cwd = emptyFolder();
  chmodSync(cwd, rights);
  const { CI: _ci, FORCE_COLOR: _force, ...inherited } = process.env;
  const child = spawn(process.execPath, command, {
    cwd,
    env: { ...inherited, ...identity, NO_COLOR: '1', ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<{ code: number; output: string }>((resolve) =>
    child.once('close', (code, signal) =>
      resolve({
        code: code ?? 128 + constants.signals[signal as NodeJS.Signals],
        output: stripVTControlCharacters(output),
      }),
    ),
  );
  let seen = 0;
  const says = async (text: string) => {
    while (output.indexOf(text, seen) < 0) {
      if (child.exitCode !== null) throw new Error(`Ended without "${text}":\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    seen = output.indexOf(text, seen) + text.length;
  };
  return { child, cwd, says, ended };
}

/** A preload, as `node --import` takes it. */
function preload(code: string): readonly string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/** Makes the process take its pipes for a terminal. */
const asTerminal = preload(`
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    Object.defineProperty(stream, 'isTTY', { value: true });
  }
`);

const filesOnly = ['--no-install', '--no-git'];

describe('at a prompt', () => {
  it('Ctrl-C ends with 130 and leaves nothing', async () => {
    const { child, cwd, says, ended } = start([...asTerminal, bin]);
    await says('What is the system called?');
    child.stdin.write('shop\r');
    await says('Which services does it have?');
    child.stdin.write('\u0003');
    const { code, output } = await ended;
    expect(code).toBe(130);
    expect(output).toContain('✖ Interrupted: nothing was written\n');
    expect(snapshot(cwd)).toEqual({});
  });

  it('the end of the input ends with 130 and leaves nothing', async () => {
    const { child, cwd, says, ended } = start([...asTerminal, bin]);
    await says('What is the system called?');
    child.stdin.end();
    const { code, output } = await ended;
    expect(code).toBe(130);
    expect(output).toContain('✖ The input ended before the question was answered: nothing was written\n');
    expect(snapshot(cwd)).toEqual({});
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends with %i', async (signal, expected) => {
    const { child, says, ended } = start([...asTerminal, bin]);
    await says('What is the system called?');
    child.kill(signal);
    expect(await ended).toMatchObject({
      code: expected,
      output: expect.stringContaining('✖ Interrupted: nothing was written\n'),
    });
  });

  it('each choice shows when to use it and what it costs, while it is the marked one', async () => {
    const wide = preload(`Object.defineProperty(process.stdout, 'columns', { value: 200 });`);
    const { child, says, ended } = start([...asTerminal, ...wide, bin, 'shop', '--dry-run']);
    await says('Which services does it have?');
    child.stdin.write('\r');
    const index = indexOf(shipped);
    for (const group of offeredGroups(index)) {
      await says(group.question);
      const choices = choicesOf(group, index);
      const standard = chosenValue(group, settleSpec({}, index));
      const first = choices.findIndex(({ value }) => value === standard);
      for (const { when, cost } of [...choices.slice(first), ...choices.slice(0, first)]) {
        await says(`When: ${when}.`);
        await says(`Cost: ${cost}.`);
        child.stdin.write('\u001b[B');
      }
      child.stdin.write('\r');
    }
    expect((await ended).code).toBe(0);
  });

  it('the answers make the system', async () => {
    const { child, cwd, says, ended } = start([...asTerminal, bin, ...filesOnly]);
    await says('What is the system called?');
    child.stdin.write('shop\r');
    await says('Which services does it have?');
    child.stdin.write('\r');
    // Without a broker nobody asks for a saga.
    for (const { id, question } of offeredGroups(indexOf(shipped)).filter(({ id }) => id !== 'saga')) {
      await says(question);
      child.stdin.write(id === 'broker' ? '\u001b[B\r' : '\r');
    }
    const { code, output } = await ended;
    expect(output).toContain('✔ What carries messages between services? None\n');
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'shop/msvc.yaml'), 'utf8')).toContain('broker: none');
  });
});

describe('while it writes', () => {
  /** Stops before the hundredth file until something comes on stdin. */
  const stopAtFile = preload(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeFileSync } = fs;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const isTold = () => {
      try {
        return fs.readSync(0, Buffer.alloc(1)) > 0;
      } catch {
        return false;
      }
    };
    let count = 0;
    fs.writeFileSync = (...args) => {
      count += 1;
      if (count === 100) {
        fs.writeSync(2, 'Stopped at a file');
        while (!isTold()) Atomics.wait(cell, 0, 0, 10);
        fs.writeSync(2, '\\n');
      }
      return writeFileSync(...args);
    };
    syncBuiltinESMExports();
  `);

  it.each([
    ['SIGHUP', 129, 'shop'],
    ['SIGINT', 130, 'shop'],
    ['SIGTERM', 143, 'shop'],
    ['SIGINT', 130, '.'],
  ] as const)('%s ends with %i and leaves nothing in %s', async (signal, expected, folder) => {
    const { child, cwd, says, ended } = start([...stopAtFile, bin, folder, '--yes', ...filesOnly]);
    await says('Stopped at a file');
    expect(Object.keys(snapshot(cwd) ?? {}).length).toBeGreaterThan(50);
    child.kill(signal);
    child.stdin.write('.');
    const { code, output } = await ended;
    expect(output).toMatch(
      /^✔ Planned 4 services [\d.]+ m?s\nStopped at a file\n✖ Interrupted: nothing was written\n$/,
    );
    expect(code).toBe(expected);
    expect(snapshot(cwd)).toEqual({});
  });
});

describe.runIf(process.getuid)('a folder that may not be written to', () => {
  /** Nothing is forbidden to root. */
  const asNobody = preload(`if (process.getuid() === 0) process.setuid(65534);`);

  it.each(['shop', 'a/shop', '.'])('is refused before anything is planned: %s', async (folder) => {
    const { child, cwd, ended } = start([...asNobody, bin, folder, '--yes', ...filesOnly], {}, 0o555);
    let results = '';
    child.stdout.on('data', (chunk) => (results += chunk));
    const { code, output } = await ended;
    expect(output).toBe(`✖ Cannot write to "${resolve(cwd, folder)}": permission denied\n`);
    expect(results).toBe('');
    expect(code).toBe(1);
    expect(snapshot(cwd)).toEqual({});
  });
});

describe('in a terminal', () => {
  it('a narrow one, an answered question is broken between words only', async () => {
    const narrow = preload(`Object.defineProperty(process.stdout, 'columns', { value: 50 });`);
    const { child, says, ended } = start([...asTerminal, ...narrow, bin, 'shop']);
    await says('Which services does it have?');
    child.stdin.write('user, order, inventory, payment, shipment, customer\r');
    await says('How do services call each other?');
    child.stdin.write('\u0003');
    expect((await ended).output).toContain(
      '✔ Which services does it have?\n  user, order, inventory, payment, shipment,\n  customer\n',
    );
  });

  it.each([
    ['over the default services', []],
    ['over others, whose saga is not known yet', ['--services', 'trip,hotel']],
  ])('choices that do not fit together are refused before a question: %s', async (_what, flags) => {
    const choices = ['--broker', 'none', '--saga', 'orchestration'];
    const { code, output } = await start([...asTerminal, bin, ...choices, ...flags]).ended;
    expect(output).toMatch(
      /^✖ --saga: "saga-orchestration" needs "broker", and broker is "none"\n {2}Choose .*\n$/,
    );
    expect(code).toBe(2);
  });
});

describe('without somebody to ask, a silent stdin that stays open is not waited for', () => {
  it.each<[what: string, node: readonly string[], args: string[], env: Record<string, string>, code: number]>(
    [
      ['no terminal', [], [], {}, 2],
      ['CI', asTerminal, [], { CI: 'true' }, 2],
      ['--no-input', asTerminal, ['--no-input'], {}, 2],
      ['--json', asTerminal, ['--json'], {}, 2],
      ['--yes', asTerminal, ['--yes', ...filesOnly], {}, 0],
      ['a folder, and no terminal', [], ['shop', ...filesOnly], {}, 0],
    ],
  )('%s', async (_what, node, args, env, code) => {
    const finished = await start([...node, bin, ...args], env).ended;
    expect(finished.output).not.toContain('What is the system called?');
    expect(finished.code).toBe(code);
  });
});

describe('a spec on stdin', () => {
  it('is waited for until Ctrl-C', async () => {
    const { child, cwd, ended } = start([bin, '--config', '-']);
    // More than a pipe holds: once it is written, the process reads.
    await new Promise((resolve) => child.stdin.write('#'.repeat(1 << 20), resolve));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(snapshot(cwd)).toEqual({});
  });

  it('is refused where a terminal would have to type it', async () => {
    const { code, output } = await start([...asTerminal, bin, '--config', '-']).ended;
    expect(code).toBe(2);
    expect(output).toContain('✖ --config - reads stdin, and nothing is piped into it\n');
  });
});

/** The files of the bundle that are loaded with one of them, itself included. */
function loadedWith(file: string, loaded: readonly string[] = []): readonly string[] {
  const path = join(root, 'dist', file);
  if (!existsSync(path)) throw new Error('There is no bundle: run "npm run build"');
  if (loaded.includes(file)) return loaded;
  const imports = readFileSync(path, 'utf8').matchAll(/(?:from|import)"\.\/([^"]+)"/g);
  return [...imports].reduce<readonly string[]>(
    (all, [, name = '']) => loadedWith(name, all),
    [...loaded, file],
  );
}

describe('the bundle', () => {
  it('loads for --help and list neither the templates nor zod, YAML, prompts and execa', async () => {
    const files = loadedWith('cli.js');
    const code = files.map((file) => readFileSync(join(root, 'dist', file), 'utf8')).join('');
    expect(code).toContain('Examples:');
    for (const word of [
      'ZodError',
      'YAMLParseError',
      'createPrompt',
      'ExecaError',
      'Handlebars',
      'catalog_sources-',
    ]) {
      const loaded = word.endsWith('-') ? files.some((file) => file.startsWith(word)) : code.includes(word);
      expect(loaded, word).toBe(false);
    }
    const { ended } = start([bin, 'list']);
    expect((await ended).output).toContain('--broker');
  });

  it('reads a pipe to its end, and can be interrupted while nobody writes into it', async () => {
    const pipe = join(emptyFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const waits = preload(`process.once('newListener', () => console.log('listens'));`);
    const waiting = start([...waits, bin, '--config', pipe, '--dry-run']);
    await waiting.says('listens');
    waiting.child.kill('SIGINT');
    expect((await waiting.ended).code).toBe(130);

    const { ended } = start([bin, '--config', pipe, '--dry-run', '--json']);
    writeFileSync(pipe, 'name: city\n');
    expect((await ended).code).toBe(0);
  });

  it('says in one line that Node is too old', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } })`;
    const { ended } = start([...preload(old), bin, '--yes']);
    expect(await ended).toEqual({
      code: 1,
      output: 'create-msvc needs Node 20.19 or newer; this is Node 20.18.3.\n',
    });
  });

  it('does not mind a reader that has seen enough', async () => {
    const { child, ended } = start([bin, 'list']);
    child.stdout.destroy();
    expect((await ended).output).toBe('');
  });

  it('goes on where nobody reads how it gets on', async () => {
    const { child, cwd, ended } = start([bin, 'shop', '--yes', '--no-install']);
    child.stderr.destroy();
    expect((await ended).code).toBe(0);
    expect(existsSync(join(cwd, 'shop/.git/HEAD'))).toBe(true);
  });

  it('generates with all that is shipped', async () => {
    const { cwd, ended } = start([bin, 'shop', '--yes', ...filesOnly]);
    expect(await ended).toMatchObject({ code: 0 });
    expect(readdirSync(join(cwd, 'shop'))).toContain('msvc.yaml');
  });
});
