import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkContracts } from '../../tools/contracts/breaking/check.ts';

// A commit hook that runs the tests names its own repository.
for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];

const hasGit = spawnSync('git', ['--version']).status === 0;
const needsGit = { skip: !hasGit && 'git is not installed' };

const first = '{"paths":{}}';
const both = { 'openapi/first.json': first, 'openapi/second.json': first };
const one = { 'openapi/first.json': first };

interface Repository {
  readonly folder: string;
  git(...args: string[]): void;
  /** Commits these documents, beside files that are none. */
  commit(documents: Readonly<Record<string, string>>): Promise<void>;
  /** Compares what is committed with these documents. */
  check(documents: Readonly<Record<string, string>>, ...args: string[]): ReturnType<typeof checkContracts>;
}

async function folderOf(t: TestContext): Promise<Repository> {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  t.after(() => rm(folder, { recursive: true }));
  const contracts = join(folder, 'contracts');
  await mkdir(join(contracts, 'openapi'), { recursive: true });
  const settings = [
    'user.name=test',
    'user.email=test@localhost',
    'commit.gpgSign=false',
    'tag.gpgSign=false',
  ];
  const git = (...args: string[]) => {
    const command = [...settings.flatMap((setting) => ['-c', setting]), ...args];
    execFileSync('git', command, { cwd: folder, stdio: 'pipe' });
  };
  return {
    folder,
    git,
    async commit(documents) {
      for (const [path, text] of Object.entries({ ...documents, 'package.json': '{}' })) {
        await writeFile(join(contracts, path), text);
      }
      git('add', '-A');
      git('commit', '-q', '-m', 'Contracts');
    },
    check: (documents, ...args) =>
      checkContracts(args, { folder: contracts, documents: async () => documents }),
  };
}

async function repositoryOf(t: TestContext): Promise<Repository> {
  const repository = await folderOf(t);
  repository.git('init', '-q', '-b', 'main');
  return repository;
}

test('a document that the last release had and that is gone is named', needsGit, async (t) => {
  const { git, commit, check } = await repositoryOf(t);
  await commit(both);
  git('tag', 'v1.0.0');

  assert.deepEqual(await check(both), {
    code: 0,
    text: 'Nothing of "v1.0.0" is broken: 2 documents compared.',
  });
  const { code, text } = await check(one);
  assert.equal(code, 1);
  assert.match(text, /^contracts\/openapi\/second\.json is gone\.\n/);
});

test('the last release is the newest tag behind what is checked out, else main', needsGit, async (t) => {
  const { git, commit, check } = await repositoryOf(t);
  const compared = async () => /"(.+?)"/.exec((await check(both)).text)?.[1];
  await commit(both);
  git('checkout', '-q', '-b', 'work');
  assert.equal(await compared(), 'main');
  git('update-ref', 'refs/remotes/origin/main', 'main');
  git('branch', '-q', '-D', 'main');
  assert.equal(await compared(), 'origin/main');
  git('tag', 'v1');
  await commit({ ...both, 'openapi/first.json': '{"paths":{"/":{}}}' });
  git('tag', '-a', 'v2', '-m', 'Second');
  assert.equal(await compared(), 'v2');
  git('checkout', '-q', 'v1');
  assert.equal(await compared(), 'v1');
});

test('another commit is taken by its name; one that is not there is said to be so', needsGit, async (t) => {
  const { git, commit, check } = await repositoryOf(t);
  await commit(both);
  git('branch', 'before');
  git('rm', '-q', 'contracts/openapi/second.json');
  await commit(one);
  git('tag', 'v1');
  assert.equal((await check(one)).code, 0);
  assert.equal((await check(one, '--against', 'before')).code, 1);
  assert.deepEqual(await check(both, '--against', 'v9'), {
    code: 2,
    text: 'There is no commit "v9" in this repository.',
  });
});

test('without an earlier release there is nothing to compare with', needsGit, async (t) => {
  const bare = await folderOf(t);
  assert.deepEqual(await bare.check(both), {
    code: 0,
    text: 'This is no git repository: there is nothing to compare with.',
  });
  const { git, commit, check } = await repositoryOf(t);
  assert.deepEqual(await check(both), {
    code: 0,
    text: 'There is neither a tag nor a branch main: there is nothing to compare with.',
  });
  await commit({});
  git('tag', 'v0');
  assert.deepEqual(await check(both), {
    code: 0,
    text: '"v0" has no such documents: there is nothing to compare with.',
  });
});

test('a repository that git cannot read is not taken for one without releases', needsGit, async (t) => {
  const { folder, check } = await repositoryOf(t);
  await writeFile(join(folder, '.git/config'), '[');
  await assert.rejects(check(both), /^Error: git cannot read this repository: .*bad config/);
});

for (const args of [['--agains', 'v1'], ['--against'], ['v1']]) {
  test(`"${args.join(' ')}" is answered with the usage`, async (t) => {
    const { check } = await folderOf(t);
    const { code, text } = await check(both, ...args);
    assert.equal(code, 2);
    assert.match(text, /\nUsage: npm run contracts:check /);
  });
}
