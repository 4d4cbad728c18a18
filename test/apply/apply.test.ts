import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { realDisk } from '../../src/apply/disk.ts';
import { recover } from '../../src/apply/recover.ts';
import { sweepScratch } from '../../src/apply/scratch.ts';
import { requireFreeTarget } from '../../src/apply/target.ts';
import { UserError } from '../../src/errors.ts';
import type { Change } from '../../src/merge/changes.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { emptyFolder, type Files, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { faultyDisk, systemError } from './faulty-disk.ts';

const create = (path: string): Change => ({ kind: 'create', path, content: 'new\n', mode: 0o644 });
const update = (path: string, was: string): Change => ({
  kind: 'update',
  path,
  content: 'new\n',
  mode: 0o644,
  was: hashOf(was),
});
const changesOf = (...changes: Change[]) => ({ changes, conflicts: [], notes: [] });

async function refused(root: string, changes: Change[]): Promise<UserError> {
  const before = snapshot(root);
  const error = await apply(changesOf(...changes), { root }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(snapshot(root)).toEqual(before);
  return error as UserError;
}

describe('apply', () => {
  it('writes nothing where there is a conflict', async () => {
    const root = emptyFolder();
    const conflicts = [{ path: 'a', reason: 'was edited' }];
    await expect(apply({ ...changesOf(create('b')), conflicts }, { root })).rejects.toMatchObject({
      code: 3,
    });
    expect(snapshot(root)).toEqual({});
  });

  it('touches nothing where there is nothing to do', async () => {
    const root = fill(emptyFolder(), { a: '1\n' });
    const before = statSync(root).mtimeMs;
    await apply(changesOf(), { root });
    expect(statSync(root).mtimeMs).toBe(before);
    await apply(changesOf(), { root: join(root, 'missing') });
    expect(snapshot(root)).toEqual({ a: 'file 644 1\n' });
  });

  it('is a conflict where a file is not what it was when it was planned', async () => {
    const root = fill(emptyFolder(), { a: 'edited\n', b: 'there\n' });
    expect(await refused(root, [update('a', 'old\n')])).toMatchObject({
      code: 3,
      message: '"a" was changed while this run was planned',
    });
    expect(await refused(root, [update('gone', 'old\n')])).toMatchObject({ code: 3 });
    expect(await refused(root, [create('c'), create('b')])).toMatchObject({ code: 3 });
    expect(await refused(join(root, 'missing'), [update('a', 'old\n')])).toMatchObject({ code: 3 });
  });

  it('leaves the root neither by a name nor through a link', async () => {
    const outside = fill(emptyFolder(), { file: 'outside\n' });
    const root = fill(emptyFolder(), { 'x/out': { link: outside }, file: { link: join(outside, 'file') } });
    for (const path of ['../a', '.git/hooks/pre-commit', '/tmp/a', 'x/out/a', 'file']) {
      const change = path === 'file' ? update('file', 'outside\n') : create(path);
      expect((await refused(root, [change])).code, path).toSatisfy(
        (code: number) => code === 5 || code === 3,
      );
    }
    expect(snapshot(outside)).toEqual({ file: 'file 644 outside\n' });
  });

  it('keeps the permissions of a file that it updates', async () => {
    const root = fill(emptyFolder(), { secret: 'old\n' });
    chmodSync(join(root, 'secret'), 0o600);
    await apply(changesOf(update('secret', 'old\n')), { root });
    expect(snapshot(root)).toEqual({ secret: 'file 600 new\n' });
  });

  it('says that a target is a file', async () => {
    const root = fill(emptyFolder(), { a: '' });
    await expect(apply(changesOf(create('b')), { root: join(root, 'a') })).rejects.toMatchObject({ code: 5 });
    const below = join(root, 'a/b');
    const message = `Cannot write to "${below}": a part of its path is not a folder`;
    await expect(apply(changesOf(create('b')), { root: below })).rejects.toMatchObject({ code: 5, message });
    expect(() => recover(below)).toThrow(message);
  });

  it('does nothing once it is interrupted, and throws the reason', async () => {
    const reason = new UserError(130, 'Interrupted');
    const root = emptyFolder();
    await expect(apply(changesOf(create('a')), { root, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(snapshot(root)).toEqual({});
  });
});

const dead = 2 ** 22 + 7;
const owner = (pid: number, host = hostname()) =>
  JSON.stringify({ tool: 'create-msvc', pid, host, run: '00000000' });

describe('what an earlier run left', () => {
  const scratch = (pid: number, files: Files) =>
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [`.create-msvc-${pid}-0a1b2c3d/${path}`, content]),
    );

  it('is removed by a later run where its removal was cut short', () => {
    const parent = fill(emptyFolder(), scratch(dead, { 'owner.json': owner(dead), 'tree/a': 'half' }));
    for (const at of [1, 2]) {
      const { disk } = faultyDisk({
        at,
        strike: (half) => {
          half();
          throw systemError('EIO');
        },
      });
      expect(() => sweepScratch(parent, disk)).toThrow('EIO');
    }
    sweepScratch(parent, realDisk);
    expect(snapshot(parent)).toEqual({});
  });

  it('is removed from beside the target if it is provably ours and its process has ended', async () => {
    const parent = fill(emptyFolder(), {
      ...scratch(dead, { 'owner.json': owner(dead), 'tree/a': 'half' }),
      ...scratch(dead + 1, { 'owner.json': '{"tool":' }),
      [`.create-msvc-${dead + 2}-0a1b2c3d`]: { folder: true },
    });
    await apply(changesOf(create('a')), { root: join(parent, 'shop') });
    expect(readdirSync(parent)).toEqual(['shop']);
  });

  it("stays where it is of a process that runs, of another machine, or a user's", async () => {
    const files = {
      ...scratch(process.ppid, { 'owner.json': owner(process.ppid), 'tree/a': 'half' }),
      ...scratch(dead + 1, { 'owner.json': owner(dead + 1, 'elsewhere'), 'tree/a': 'half' }),
      ...scratch(dead + 2, { 'notes.txt': 'mine' }),
      ...scratch(dead + 3, { 'owner.json': '{}', 'tree/a': 'mine' }),
      '.create-msvc-old/owner.json': owner(dead),
    };
    const parent = fill(emptyFolder(), files);
    await apply(changesOf(create('a')), { root: join(parent, 'shop') });
    expect(snapshot(parent)).toMatchObject(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `file 644 ${text}`])),
    );
  });
});

describe('an open journal', () => {
  const journal = (record: unknown, files: Files = {}, pid = dead): Files => ({
    '.create-msvc/lock.json': '{}\n',
    '.create-msvc/journal/owner.json': owner(pid),
    '.create-msvc/journal/open.json': typeof record === 'string' ? record : JSON.stringify(record),
    ...Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`.create-msvc/journal/${path}`, text]),
    ),
  });
  const entries = [
    { kind: 'update', path: 'a', hash: hashOf('new\n') },
    { kind: 'create', path: 'b/c', hash: hashOf('new\n') },
  ];

  it('is taken back', () => {
    const root = fill(emptyFolder(), {
      ...journal({ entries, folders: ['b'] }, { 'old/0': 'old\n' }),
      a: 'new\n',
      'b/c': 'new\n',
    });
    recover(root);
    expect(snapshot(root)).toEqual({
      '.create-msvc/': 'folder',
      '.create-msvc/lock.json': 'file 644 {}\n',
      a: 'file 644 old\n',
    });
  });

  it('does not take back what the user wrote since', () => {
    const root = fill(emptyFolder(), {
      ...journal({ entries, folders: ['b'] }, { 'old/0': 'old\n' }),
      a: 'new\n',
      'b/c': 'mine\n',
    });
    const before = snapshot(root);
    expect(() => recover(root)).toThrow(
      expect.objectContaining({ code: 5, message: expect.stringContaining('"b/c" was changed') }),
    );
    expect(snapshot(root)).toEqual(before);
  });

  it('keeps others out while its run goes on', async () => {
    const root = fill(emptyFolder(), journal({ entries, folders: [] }, {}, process.ppid));
    expect(() => recover(root)).toThrow(
      expect.objectContaining({ code: 5, message: expect.stringContaining(`process ${process.ppid}`) }),
    );
    await expect(apply(changesOf(create('x')), { root })).rejects.toMatchObject({ code: 5 });
    expect(snapshot(root)).not.toHaveProperty('x');
  });

  it.each([
    ['a path outside', { entries: [{ kind: 'create', path: '../victim', hash: hashOf('x') }], folders: [] }],
    ['a path of git', { entries: [{ kind: 'update', path: '.git/config', hash: hashOf('x') }], folders: [] }],
    [
      'a path behind a link',
      { entries: [{ kind: 'create', path: 'out/victim', hash: hashOf('x') }], folders: [] },
    ],
    ['a folder outside', { entries: [], folders: ['../empty'] }],
    ['a folder behind a link', { entries: [], folders: ['out/empty'] }],
    ['no list', {}],
    ['null', null],
    ['an entry that is none', { entries: [null], folders: [] }],
    ['broken JSON', '{'],
  ])('is refused with %s', (_name, record) => {
    const parent = fill(emptyFolder(), { victim: 'x', empty: { folder: true }, 'shop/out': { link: '..' } });
    const root = fill(join(parent, 'shop'), journal(record, { 'old/0': 'evil' }));
    expect(() => recover(root)).toThrow(expect.objectContaining({ code: 5 }));
    expect(snapshot(parent)).toMatchObject({ victim: 'file 644 x', 'empty/': 'folder' });
  });

  it('takes nothing from behind a link', () => {
    const elsewhere = fill(emptyFolder(), { '0': 'precious' });
    const record = { entries: [{ kind: 'update', path: 'a', hash: hashOf('x') }], folders: [] };
    const root = fill(emptyFolder(), { ...journal(record), '.create-msvc/journal/old': { link: elsewhere } });
    expect(() => recover(root)).toThrow('which is a symbolic link');
    expect(snapshot(elsewhere)).toEqual({ '0': 'file 644 precious' });
  });

  it('is not written behind a link', async () => {
    const elsewhere = emptyFolder();
    const root = fill(emptyFolder(), { '.create-msvc': { link: elsewhere } });
    await expect(apply(changesOf(create('a')), { root })).rejects.toMatchObject({ code: 5 });
    expect(snapshot(elsewhere)).toEqual({});
  });

  it('is not looked for behind a link', () => {
    const elsewhere = fill(emptyFolder(), { 'journal/open.json': '{}' });
    recover(fill(emptyFolder(), { '.create-msvc': { link: elsewhere } }));
    expect(() => recover(fill(emptyFolder(), { '.create-msvc/journal': { link: elsewhere } }))).toThrow(
      'is not a folder',
    );
    expect(snapshot(elsewhere)).toHaveProperty('journal/open.json');
  });
});

describe('requireFreeTarget', () => {
  it('takes a missing folder, an empty one, and one with what comes before a system', () => {
    const root = emptyFolder();
    requireFreeTarget(join(root, 'missing'));
    requireFreeTarget(root);
    requireFreeTarget(
      fill(root, { '.git/HEAD': '', '.gitattributes': '', LICENSE: '', '.idea/x': '', '.vscode/x': '' }),
    );
  });

  it('names what is in the way', () => {
    const root = fill(emptyFolder(), { 'b.txt': '', 'a.txt': '' });
    const target = expect.objectContaining({
      code: 5,
      message: `Cannot create "${root}": it is not empty (a.txt, b.txt)`,
    });
    expect(() => requireFreeTarget(root)).toThrow(target);
    expect(() => requireFreeTarget(join(root, 'a.txt'))).toThrow('is not a folder');
    writeFileSync(join(root, 'c'), '');
    writeFileSync(join(root, 'd'), '');
    expect(() => requireFreeTarget(root)).toThrow('(a.txt, b.txt, c and 1 more)');
  });

  it('says that there is a system already', () => {
    const root = fill(emptyFolder(), { '.create-msvc/lock.json': '{}' });
    expect(() => requireFreeTarget(root)).toThrow('there is a generated system already');
  });

  it('takes a link to a folder, and refuses one to nothing', () => {
    const parent = fill(emptyFolder(), {
      real: { folder: true },
      link: { link: 'real' },
      dangling: { link: 'nowhere' },
    });
    requireFreeTarget(join(parent, 'link'));
    expect(() => requireFreeTarget(join(parent, 'dangling'))).toThrow('is not a folder');
  });
});
