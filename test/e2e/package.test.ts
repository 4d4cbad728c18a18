import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { identity } from '../identity.ts';
import { succeed } from './commands.ts';
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

test('two runs make the same bytes', async () => {
  const flags = ['--no-install', '--no-git'];
  const [one, other] = [await generate('twin', { flags }), await generate('twin', { flags })];
  expect(await succeed('diff', ['--recursive', one, other], { cwd: home })).toBe('');
});
