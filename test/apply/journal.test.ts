import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { recover } from '../../src/apply/recover.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { emptyFolder, type Files, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { changesOf, create } from './changes.ts';
import { dead, owner } from './owner.ts';

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
    { kind: 'update', path: 'a', hash: hashOf('new\n'), inode: 1 },
    { kind: 'create', path: 'b/c', hash: hashOf('new\n'), inode: 1 },
  ];
  /** A folder in which an interrupted run wrote what stands at the paths of its journal. */
  const interrupted = (files: Files) => {
    const root = fill(emptyFolder(), files);
    const file = join(root, '.create-msvc/journal/open.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as { entries: typeof entries };
    const written = record.entries.map((entry) => {
      const stats = lstatSync(join(root, entry.path), { throwIfNoEntry: false });
      return { ...entry, inode: stats?.ino ?? 1 };
    });
    writeFileSync(file, JSON.stringify({ ...record, entries: written }));
    return root;
  };

  it('is taken back', () => {
    const root = interrupted({
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

  it('is taken back through a link to the folder', () => {
    const root = interrupted({
      ...journal({ entries, folders: [] }, { 'old/0': 'old\n' }),
      a: 'new\n',
    });
    const parent = fill(emptyFolder(), { link: { link: root } });
    recover(join(parent, 'link'));
    expect(snapshot(root)).toMatchObject({ a: 'file 644 old\n' });
  });

  it('does not take back what the user wrote since', () => {
    const root = interrupted({
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

  it.each([
    ['that is made up, and knows what a file holds', [{ path: '.env', inode: 1 }]],
    [
      'that guesses more than once',
      [
        { path: '.env', inode: 1 },
        { path: '.env', inode: 2 },
      ],
    ],
  ])('is refused where it is one %s', (_what, guesses) => {
    const claims = guesses.map((guess) => ({ kind: 'create', hash: hashOf('TOKEN=abc\n'), ...guess }));
    const root = fill(emptyFolder(), {
      ...journal({ entries: claims, folders: [] }),
      '.env': 'TOKEN=abc\n',
    });
    expect(() => recover(root)).toThrow(expect.objectContaining({ code: 5 }));
    expect(snapshot(root)).toHaveProperty(['.env']);
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
    [
      'a path outside',
      { entries: [{ kind: 'create', path: '../victim', hash: hashOf('x'), inode: 1 }], folders: [] },
    ],
    [
      'a path of git',
      { entries: [{ kind: 'update', path: '.git/config', hash: hashOf('x'), inode: 1 }], folders: [] },
    ],
    [
      'a path behind a link',
      { entries: [{ kind: 'create', path: 'out/victim', hash: hashOf('x'), inode: 1 }], folders: [] },
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
    const record = { entries: [{ kind: 'update', path: 'a', hash: hashOf('x'), inode: 1 }], folders: [] };
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
