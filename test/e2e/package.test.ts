import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { identity } from '../identity.ts';
import { run, succeed } from './commands.ts';
import { freePort } from './free-port.ts';
import { generate } from './project.ts';

const { path, home } = inject('tarball');

test('the package is small, depends on nothing and runs nothing when it is installed', async () => {
  expect((await stat(path)).size).toBeLessThanOrEqual(1_000_000);
  const packages = await readdir(join(home, 'node_modules'));
  expect(packages.filter((name) => !name.startsWith('.'))).toEqual(['create-msvc']);
  const installed = join(home, 'node_modules/create-msvc');
  expect(await readdir(installed)).not.toContain('node_modules');
  const { scripts = {}, ...manifest } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'])
    expect(manifest).not.toHaveProperty(kind);
  for (const name of ['preinstall', 'install', 'postinstall']) expect(scripts).not.toHaveProperty(name);
});

test('"npx create-msvc my-app --yes" makes a system that is installed and committed', async () => {
  await succeed('npx', ['create-msvc', 'my-app', '--yes'], { cwd: home, env: identity });
  const folder = join(home, 'my-app');
  expect(await readdir(join(folder, 'node_modules/@app'))).toContain('chassis');
  const commits = await succeed('git', ['log', '--format=%an'], { cwd: folder });
  expect(commits).toBe('Ada\n');
  expect(await succeed('git', ['status', '--porcelain'], { cwd: folder })).toBe('');
  expect(await succeed('git', ['ls-files', 'package-lock.json'], { cwd: folder })).toBe(
    'package-lock.json\n',
  );
});

test.runIf(process.getuid?.() === 0)(
  'where only root may enter, it runs with its data where PostgreSQL may, too',
  async () => {
    const folder = join(home, 'my-app');
    const before = await readdir('/var/tmp');
    const made = async () =>
      (await readdir('/var/tmp')).filter((name) => name.startsWith('my-app-') && !before.includes(name));
    await chmod(folder, 0o700);
    try {
      expect(await succeed('npm', ['run', 'demo'], { cwd: folder })).toMatch(/CONFIRMED.*REJECTED/s);
      const [data = '', ...others] = await made();
      expect({ data, others }).toEqual({ data: expect.stringMatching(/^my-app-/), others: [] });
      expect(await readdir(join('/var/tmp', data))).toEqual([expect.stringMatching(/^native-\d/)]);
    } finally {
      for (const name of await made()) await rm(join('/var/tmp', name), { recursive: true });
    }
  },
);

test('without a network everything is made but the installed packages, and they can follow', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const env = { ...identity, npm_config_registry: nobody, npm_config_cache: join(home, 'empty-cache') };
  const folder = join(home, 'offline');
  const { code, output } = await run('node_modules/.bin/create-msvc', ['offline', '--yes'], {
    cwd: home,
    env,
  });
  expect(code).toBe(6);
  expect(output).toContain('✖ The system is complete in "offline", but "npm install" failed\n');
  expect(output).toContain('  Run npm install there again\n');
  expect(await succeed('git', ['status', '--porcelain'], { cwd: folder })).toBe('');
  await succeed('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  expect(await readdir(join(folder, 'node_modules/@app'))).toContain('chassis');
});

test('two runs make the same bytes', async () => {
  const flags = ['--no-install', '--no-git'];
  const [one, other] = [await generate('twin', { flags }), await generate('twin', { flags })];
  expect(await succeed('diff', ['--recursive', one, other], { cwd: home })).toBe('');
});
