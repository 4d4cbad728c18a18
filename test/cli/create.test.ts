import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/cli/result.ts';
import { UserError } from '../../src/errors.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { createMsvc, filesOnly } from './command.ts';

const spec = (cwd: string, folder = 'shop') => readFileSync(join(cwd, folder, 'msvc.yaml'), 'utf8');

describe('create', () => {
  it('writes the default system without a question, and says what comes next', async () => {
    const cwd = emptyFolder();
    const { code, stdout, stderr } = await createMsvc(['shop', '--yes', ...filesOnly], { cwd });
    expect(stderr).toMatch(/^✔ Planned 4 services [\d.]+ m?s\n✔ Wrote \d+ files [\d.]+ m?s\n$/);
    expect(stdout.replace(/in \d+ files/, 'in N files')).toBe(`
shop is ready: 4 services in N files

Next
  cd shop
  npm install   gets the packages
  npm run demo  plays one run and draws it
  npm run dev   starts everything, without Docker

Addresses while it runs
  user       http://localhost:3001
  order      http://localhost:3002
  inventory  http://localhost:3003
  payment    http://localhost:3004

The same again
  npx create-msvc@1.2.3 shop --yes --no-install --no-git
`);
    expect(code).toBe(0);
    expect(spec(cwd)).toContain('name: shop\n');
  });

  it('names the demo only where there is a saga to play', async () => {
    const { stdout } = await createMsvc(['shop', '--yes', '--saga', 'none', ...filesOnly], {
      cwd: emptyFolder(),
    });
    expect(stdout).toContain('npm run dev');
    expect(stdout).not.toContain('npm run demo');
  });

  it('takes every default with --yes alone', async () => {
    const cwd = emptyFolder();
    expect(await createMsvc(['--yes', ...filesOnly], { cwd })).toMatchObject({ code: 0 });
    expect(spec(cwd, 'my-app')).toContain('name: my-app\n');
  });

  it.each([
    ['by name', ['create', 'shop']],
    ['behind a stray --', ['--', 'shop']],
    ['before a stray --', ['shop', '--']],
    ['after its flags', ['--broker', 'rabbitmq', 'shop']],
  ])('is found %s', async (_how, args) => {
    const cwd = emptyFolder();
    expect(await createMsvc([...args, '--yes', ...filesOnly], { cwd })).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'shop/msvc.yaml'))).toBe(true);
  });

  it('makes a name that fits of the folder it runs in', async () => {
    const cwd = join(emptyFolder(), 'My_Shop');
    mkdirSync(cwd);
    expect(await createMsvc(['.', '--yes', ...filesOnly], { cwd })).toMatchObject({ code: 0 });
    expect(spec(cwd, '.')).toContain('name: my-shop\n');
    const again = emptyFolder();
    const { stdout } = await createMsvc(['./My_Shop', '--json', '--dry-run'], { cwd: again });
    expect(JSON.parse(stdout).error.hint).toBe('Try my-shop');
  });

  it('lets the flags choose', async () => {
    const cwd = emptyFolder();
    const flags = [
      '--services',
      'trip,hotel',
      '--calls',
      'trip:hotel',
      '--broker',
      'none',
      '--no-circuit-breaker',
    ];
    const { stdout } = await createMsvc(['shop', '--json', '--dry-run', ...flags], { cwd });
    expect((JSON.parse(stdout) as Result).spec).toMatchObject({
      services: { trip: { calls: ['hotel'] }, hotel: { calls: [] } },
      broker: 'none',
      saga: null,
      circuitBreaker: null,
    });
  });

  it('fills with flags what the file leaves out', async () => {
    const cwd = fill(emptyFolder(), {
      'c.yaml': 'name: shop\nsync: rest\ncircuitBreaker:\n  threshold: 3\n',
    });
    const args = [
      '--config',
      'c.yaml',
      '--broker',
      'none',
      '--sync',
      'rest',
      '--breaker-reset-timeout',
      '5s',
    ];
    const { stdout } = await createMsvc([...args, '--json', '--dry-run'], { cwd });
    expect((JSON.parse(stdout) as Result).spec).toMatchObject({
      name: 'shop',
      broker: 'none',
      circuitBreaker: { threshold: 3, resetTimeout: '5s' },
    });
  });

  it('reads the spec from stdin', async () => {
    const cwd = emptyFolder();
    const input = '{"name": "shop", "saga": "none"}';
    expect(await createMsvc(['--config', '-', ...filesOnly], { cwd, input })).toMatchObject({ code: 0 });
    expect(spec(cwd)).toContain('saga: none\n');
  });

  it('writes nothing in a dry run, and lists what the real one writes', async () => {
    const cwd = emptyFolder();
    const { stdout } = await createMsvc(['shop', '--yes', '--dry-run'], { cwd });
    expect(snapshot(cwd)).toEqual({});
    await createMsvc(['shop', '--yes', ...filesOnly], { cwd });
    const files = Object.keys(snapshot(join(cwd, 'shop')) ?? {}).filter((path) => !path.endsWith('/'));
    expect(stdout.trim().split('\n').sort()).toEqual(files.map((path) => `create  ${path}`).sort());
  });

  it('prints the diff that git would apply', async () => {
    const cwd = emptyFolder();
    const { stdout } = await createMsvc(['shop', '--yes', '--diff'], { cwd });
    expect(stdout).toContain(
      'diff --git a/msvc.yaml b/msvc.yaml\nnew file mode 100644\n--- /dev/null\n+++ b/msvc.yaml\n',
    );
    expect(snapshot(cwd)).toEqual({});
  });

  it('prints one JSON object, with every documented key', async () => {
    const cwd = emptyFolder();
    const { stdout } = await createMsvc(['shop', '--json', ...filesOnly], { cwd });
    const result = JSON.parse(stdout) as Result;
    const skipped = { status: 'skipped', reason: null };
    expect({ ...result, spec: 'A', changes: result.changes.slice(-1) }).toEqual({
      command: 'create',
      version: '1.2.3',
      status: 'done',
      directory: join(cwd, 'shop'),
      spec: 'A',
      changes: [{ kind: 'create', path: 'tools/up.sh' }],
      conflicts: [],
      notes: [],
      diff: null,
      tasks: { install: skipped, git: skipped },
      next: ['cd shop', 'npm install', 'npm run demo', 'npm run dev'],
      urls: {
        user: 'http://localhost:3001',
        order: 'http://localhost:3002',
        inventory: 'http://localhost:3003',
        payment: 'http://localhost:3004',
      },
      reproduce: 'npx create-msvc@1.2.3 shop --yes --no-install --no-git',
    });
  });

  it('prints an error as JSON too', async () => {
    const { stdout, code } = await createMsvc(['shop', '--json', '--broker', 'rabbit'], {
      cwd: emptyFolder(),
    });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 2,
        message: '--broker: "rabbit" is not one of rabbitmq, none',
        hint: 'Did you mean "rabbitmq"?',
        files: [],
      },
    });
    expect(code).toBe(2);
  });

  it('names in JSON all that is in the way', async () => {
    const cwd = fill(emptyFolder(), { 'shop/a.txt': '', 'shop/b/c.txt': '', 'shop/.git/config': '' });
    const { stdout, code } = await createMsvc(['shop', '--json'], { cwd });
    expect(JSON.parse(stdout).error.files).toEqual([
      { path: 'a.txt', reason: 'is there already' },
      { path: 'b', reason: 'is there already' },
    ]);
    expect(code).toBe(5);
  });

  it('prints nothing but errors with --quiet', async () => {
    const cwd = emptyFolder();
    const quiet = await createMsvc(['shop', '--yes', '--quiet', ...filesOnly], { cwd });
    expect(quiet).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await createMsvc(['shop', '--yes', '--quiet'], { cwd })).stderr).toContain('Cannot create');
  });

  it('shows the stack of an error with --debug only', async () => {
    const cwd = fill(emptyFolder(), { 'c.yaml': 'a: [' });
    const args = ['--config', 'c.yaml'];
    expect((await createMsvc(args, { cwd })).stderr).not.toContain('at ');
    expect((await createMsvc([...args, '--debug'], { cwd })).stderr).toMatch(/\n {4}at parseSpec/);
  });

  it.each([
    [130, 'SIGINT'],
    [143, 'SIGTERM'],
  ] as const)(
    'takes everything back when it is interrupted while it writes: exit %i',
    async (code, _signal) => {
      const cwd = emptyFolder();
      const controller = new AbortController();
      const onPrint = (text: string) => {
        // Writing goes on for some turns of the event loop after this line.
        if (text.includes('Planned'))
          setImmediate(() => controller.abort(new UserError(code, 'Interrupted')));
      };
      const finished = await createMsvc(['shop', '--yes', ...filesOnly], {
        cwd,
        signal: controller.signal,
        onPrint,
      });
      expect(finished.code).toBe(code);
      expect(snapshot(cwd)).toEqual({});
    },
  );

  it('is the command that it says makes the same again', async () => {
    const flags = [
      [
        '--services',
        'trip,hotel,flight',
        '--saga-name',
        'book-trip',
        '--saga-steps',
        'hotel.reserve/cancel,flight.book/cancel',
      ],
      ['--broker', 'none'],
      ['--no-circuit-breaker', '--calls', 'order:user'],
      ['--breaker-threshold', '7', '--saga', 'none'],
      ['--services', 'user', '--saga', 'none'],
    ];
    for (const given of flags) {
      const cwd = emptyFolder();
      const first = await createMsvc(['shop', '--json', '--dry-run', ...given], { cwd });
      const { reproduce, spec: wanted } = JSON.parse(first.stdout) as Result;
      const [, , ...words] = reproduce.replaceAll("'", '').split(' ');
      const again = await createMsvc([...words, '--json', '--dry-run'], { cwd });
      expect((JSON.parse(again.stdout) as Result).spec).toEqual(wanted);
      expect(words.length).toBeLessThanOrEqual(given.length + 2);
    }
  });

  it.each([
    ['a file', ['--config', 'specs/c.yaml'], 'shop --yes --config specs/c.yaml'],
    [
      'a file, and flags beside it',
      ['--config', 'specs/c.yaml', '--broker', 'none', '--sync', 'rest', '--no-git'],
      'shop --yes --config specs/c.yaml --broker none --no-git',
    ],
    ['stdin', ['--config', '-'], 'shop --yes --config shop/msvc.yaml'],
  ])('refers to the spec where flags cannot say it: %s', async (_from, args, command) => {
    const text = 'name: shop\nservices:\n  user: { channel: people }\n';
    const cwd = fill(emptyFolder(), { 'specs/c.yaml': text });
    const first = await createMsvc([...args, '--json', '--dry-run'], { cwd, input: text });
    const { reproduce, spec: wanted } = JSON.parse(first.stdout) as Result;
    expect(reproduce).toBe(`npx create-msvc@1.2.3 ${command}`);
    await createMsvc([...args, ...filesOnly], { cwd, input: text });
    const words = reproduce.split(' ').slice(3);
    const again = await createMsvc(['other', ...words, '--json', '--dry-run'], { cwd });
    expect((JSON.parse(again.stdout) as Result).spec).toEqual(wanted);
  });
});
