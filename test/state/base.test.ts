import { expect, it } from 'vitest';
import { noBase, readBase } from '../../src/state/base.ts';
import { printPack } from '../../src/state/base-pack.ts';
import { printLock } from '../../src/state/lock.ts';
import { readMine } from '../../src/state/on-disk.ts';
import { requireVersion } from '../../src/state/version.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';

const lock = printLock({
  version: '1.0.0',
  files: new Map([['a', { class: 'merge', hash: hashOf('a\n') }]]),
});

it('reads the lock and the texts of what is merged', () => {
  const root = fill(emptyFolder(), {
    '.create-msvc/lock.json': lock,
    '.create-msvc/base.pack': printPack(['a\n']),
  });
  expect(readBase(root)).toEqual({
    version: '1.0.0',
    files: new Map([['a', { class: 'merge', hash: hashOf('a\n') }]]),
    texts: new Map([[hashOf('a\n'), 'a\n']]),
  });
});

it('is nothing where we have not written, and where the folder is missing', () => {
  expect(readBase(emptyFolder())).toBe(noBase);
  expect(readBase(`${emptyFolder()}/missing`)).toBe(noBase);
});

it('has no texts where the pack is missing', () => {
  expect(readBase(fill(emptyFolder(), { '.create-msvc/lock.json': lock })).texts.size).toBe(0);
});

it('follows no link, neither of the state nor of a file', () => {
  const outside = fill(emptyFolder(), { 'lock.json': lock, secret: 'secret\n' });
  const linked = fill(emptyFolder(), { '.create-msvc/lock.json': { link: `${outside}/lock.json` } });
  expect(() => readBase(linked)).toThrow('Cannot read .create-msvc/lock.json: it is a symbolic link');
  const folder = fill(emptyFolder(), { '.create-msvc': { link: outside } });
  expect(() => readBase(folder)).toThrow('it lies in ".create-msvc", which is a symbolic link');
  const root = fill(emptyFolder(), {
    a: { link: `${outside}/secret` },
    b: { link: outside },
    c: 'file',
    d: { folder: true },
  });
  expect(Object.fromEntries(readMine(root, ['a', 'b/secret', 'c/x', 'd', 'e', 'e/x']))).toEqual({
    a: { kind: 'blocked', reason: 'is a symbolic link' },
    'b/secret': { kind: 'blocked', reason: 'lies in "b", which is a symbolic link' },
    'c/x': { kind: 'blocked', reason: 'lies in "c", which is not a folder' },
    d: { kind: 'blocked', reason: 'is not a file' },
  });
});

it('refuses a system of another version, and names the version to use', () => {
  const base = { ...noBase, version: '1.9.0' };
  expect(() => requireVersion(base, '1.9.0')).not.toThrow();
  expect(() => requireVersion(noBase, '1.9.0')).not.toThrow();
  expect(() => requireVersion(base, '1.10.0')).toThrow(
    expect.objectContaining({
      code: 5,
      message: 'This system was written by an older create-msvc: 1.9.0, and this is 1.10.0',
    }),
  );
  expect(() => requireVersion(base, '1.9.0-rc.1')).toThrow(
    'by a newer create-msvc: 1.9.0, and this is 1.9.0-rc.1',
  );
});
