import { describe, expect, it } from 'vitest';
import { checkPaths, foldersOf, unsafe } from '../../src/tree/path.ts';

describe('unsafe', () => {
  it.each([
    'a',
    '.env',
    '.gitignore',
    '.github/workflows/ci.yml',
    'a/b/c.ts',
    'git',
    'console.ts',
    '.create-msvc/lock.json',
    'ä/ö',
  ])('lets %j pass', (path) => {
    expect(unsafe(path)).toBeUndefined();
  });

  it.each([
    ['', 'relative'],
    ['/etc/passwd', 'relative'],
    ['C:/x', 'relative'],
    ['c:x', 'relative'],
    ['..', 'part'],
    ['a/../../b', 'part'],
    ['a/./b', 'part'],
    ['a//b', 'part'],
    ['a/', 'part'],
    ['a\\..\\b', 'characters'],
    ['a\0b', 'characters'],
    ['a\nb', 'characters'],
    ['ab:stream', 'characters'],
    ['what?', 'characters'],
    ['a. ', 'characters'],
    ['.git.', 'characters'],
    ['.g\u200cit/config', 'characters'],
    ['nul', 'device'],
    ['src/CON.ts', 'device'],
    ['com1', 'device'],
    ['.git', 'git'],
    ['.GIT/hooks/pre-commit', 'git'],
    ['a/.git/config', 'git'],
    ['git~1/config', 'git'],
  ])('refuses %j', (path, reason) => {
    expect(unsafe(path)).toContain(reason);
  });
});

describe('checkPaths', () => {
  const check =
    (...paths: string[]) =>
    () =>
      checkPaths(paths, { code: 5, source: 'The lock' });

  it('names the path and the source', () => {
    expect(check('a', '../b')).toThrow('The lock has the path "../b", which cannot be written');
    expect(check('a', '../b')).toThrow(expect.objectContaining({ code: 5 }));
  });

  it('refuses paths that are one file on some platforms', () => {
    expect(check('README.md', 'Readme.md')).toThrow('"README.md" and "Readme.md"');
    expect(check('caf\u00e9', 'cafe\u0301')).toThrow('one file on some platforms');
  });

  it('refuses a file that is also a folder', () => {
    expect(check('a', 'a/b')).toThrow('"a" both as a file and as a folder of "a/b"');
    expect(check('A', 'a/b')).toThrow('both as a file');
    expect(check('ab', 'a/b')).not.toThrow();
  });
});

it('lists the folders above a path', () => {
  expect(foldersOf('a/b/c.ts')).toEqual(['a', 'a/b']);
  expect(foldersOf('c.ts')).toEqual([]);
});
