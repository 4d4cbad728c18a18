import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/cli/result.ts';
import { UserError } from '../../src/errors.ts';
import { identity } from '../identity.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import { createMsvc } from './command.ts';

/** Nothing of the machine's own settings. */
const bare = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

/** A PATH on which `npm` is this script, and all else as it is. */
function pathWith(npm: string): string {
  const folder = fill(emptyFolder(), { npm: `#!/bin/sh\n${npm}\n` });
  chmodSync(join(folder, 'npm'), 0o755);
  return `${folder}:${process.env.PATH}`;
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', env: { ...process.env, ...bare } }).trim();
}

describe('what follows the writing', () => {
  it('installs, then commits everything on main', async () => {
    const cwd = emptyFolder();
    const env = { PATH: pathWith('echo noise; touch package-lock.json'), ...identity, ...bare };
    const { code, stdout, stderr } = await createMsvc(['shop', '--yes'], { cwd, env });
    const shop = join(cwd, 'shop');
    expect(code).toBe(0);
    expect(stderr).toMatch(/✔ Installed packages [\d.]+ m?s\n✔ Made the first commit [\d.]+ m?s\n$/);
    expect(stdout).not.toContain('npm install');
    expect(stdout + stderr).not.toContain('noise');
    expect(git(shop, 'status', '--porcelain')).toBe('');
    expect(git(shop, 'ls-files', 'package-lock.json')).toBe('package-lock.json');
    expect(git(shop, 'branch', '--show-current')).toBe('main');
    expect(git(shop, 'log', '--format=%an')).toBe('Ada');
  });

  it('takes packages from the cache of npm, and does not wait for a network that is not there', async () => {
    const cwd = emptyFolder();
    const env = { PATH: pathWith('echo "$@" > arguments'), ...identity, ...bare };
    await createMsvc(['shop', '--yes'], { cwd, env });
    expect(readFileSync(join(cwd, 'shop', 'arguments'), 'utf8')).toMatch(
      /^install .*--prefer-offline --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000$/m,
    );
  });

  it('ends with 6 when the packages cannot be installed: the files and the commit are there', async () => {
    const cwd = emptyFolder();
    const env = { PATH: pathWith('echo "npm error code ENOTFOUND" >&2; exit 1'), ...identity, ...bare };
    const { code, stderr, stdout } = await createMsvc(['shop', '--yes'], { cwd, env });
    expect(code).toBe(6);
    expect(stderr).toContain('\nnpm error code ENOTFOUND\n');
    expect(stderr).toContain('✖ The system is complete in "shop", but "npm install" failed\n');
    expect(stderr).toContain('  Run npm install there again\n');
    expect(stdout).toContain('\nNext\n  cd shop\n  npm install ');
    expect(git(join(cwd, 'shop'), 'status', '--porcelain')).toBe('');
  });

  it('tells of both where neither the packages nor the commit came to be', async () => {
    const env = { PATH: emptyFolder() };
    const { code, stderr } = await createMsvc(['shop', '--yes'], { cwd: emptyFolder(), env });
    expect(code).toBe(6);
    expect(stderr).toContain('\nnpm is not installed\n');
    expect(stderr).toContain('\ngit is not installed\n');
  });

  it('says so in JSON as well', async () => {
    const env = { PATH: pathWith('echo broken; exit 1'), ...identity, ...bare };
    const { code, stdout } = await createMsvc(['shop', '--json'], { cwd: emptyFolder(), env });
    expect(code).toBe(6);
    expect(JSON.parse(stdout) as Result).toMatchObject({
      status: 'incomplete',
      tasks: { install: { status: 'failed', reason: 'broken' }, git: { status: 'done' } },
    });
  });

  it('makes no repository inside another one, and says nothing of it', async () => {
    const cwd = emptyFolder();
    git(cwd, 'init', '--quiet');
    const env = { PATH: process.env.PATH ?? '', ...identity, ...bare };
    const { code, stdout } = await createMsvc(['shop', '--yes', '--no-install'], { cwd, env });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, 'shop/.git'))).toBe(false);
    expect(stdout).not.toContain('commit');
  });

  it('makes its own repository where the environment points to another one', async () => {
    const cwd = emptyFolder();
    const other = emptyFolder();
    git(other, 'init', '--quiet');
    const env = { PATH: process.env.PATH ?? '', ...identity, ...bare, GIT_DIR: join(other, '.git') };
    expect(await createMsvc(['shop', '--yes', '--no-install'], { cwd, env })).toMatchObject({ code: 0 });
    expect(git(join(cwd, 'shop'), 'log', '--format=%an')).toBe('Ada');
  });

  it('leaves the commit to a user whom git does not know', async () => {
    const cwd = emptyFolder();
    const config = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.useConfigOnly',
      GIT_CONFIG_VALUE_0: 'true',
    };
    const env = { PATH: process.env.PATH ?? '', ...bare, ...config };
    const { code, stderr } = await createMsvc(['shop', '--yes', '--no-install', '--quiet'], { cwd, env });
    expect(stderr).toBe(`
git does not know your name and e-mail address

✖ The system is complete in "shop", but its first git commit failed
  Commit it yourself; --no-git leaves it out
`);
    expect(code).toBe(6);
    expect(git(join(cwd, 'shop'), 'diff', '--cached', '--name-only')).toContain('msvc.yaml');
  });

  it('makes no repository without git', async () => {
    const env = { PATH: emptyFolder(), ...identity };
    const { code, stdout } = await createMsvc(['shop', '--no-install', '--json'], {
      cwd: emptyFolder(),
      env,
    });
    expect(code).toBe(6);
    expect(JSON.parse(stdout) as Result).toMatchObject({
      status: 'incomplete',
      tasks: { git: { status: 'failed', reason: 'git is not installed' } },
    });
  });

  it('keeps the files when it is interrupted while it installs', async () => {
    const cwd = emptyFolder();
    const controller = new AbortController();
    const env = { PATH: pathWith('touch started; exec sleep 30'), ...identity, ...bare };
    const running = createMsvc(['shop', '--yes'], { cwd, env, signal: controller.signal });
    while (!existsSync(join(cwd, 'shop/started'))) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new UserError(130, 'Interrupted'));
    const { code, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain('✖ Interrupted: the files are complete, what follows is not\n');
    expect(existsSync(join(cwd, 'shop/msvc.yaml'))).toBe(true);
  });

  it('says that it uses npm to those who came by another one', async () => {
    const env = { npm_config_user_agent: 'pnpm/10.0.0 npm/? node/v24.0.0 linux x64' };
    const { stdout } = await createMsvc(['shop', '--yes', '--no-install', '--no-git'], {
      cwd: emptyFolder(),
      env,
    });
    expect(stdout).toContain('  Uses npm: the generated workspaces do not support pnpm\n');
  });
});
