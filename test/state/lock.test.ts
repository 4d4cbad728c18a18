import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LockedFile, parseLock, printLock } from '../../src/state/lock.ts';
import { hashOf } from '../../src/tree/hash.ts';

const hash = hashOf('x');
const lockOf = (files: unknown, version: unknown = '1.0.0', lock: unknown = 1) =>
  JSON.stringify({ lock, version, files });

describe('printLock', () => {
  it('has one line a file, in the order of the paths', () => {
    const files = new Map<string, LockedFile>([
      ['b', { class: 'keyed', hash }],
      ['B', { class: 'once', hash }],
      ['a', { class: 'owned', hash }],
    ]);
    expect(printLock({ version: '0.1.0', files })).toBe(
      `{\n  "lock": 1,\n  "version": "0.1.0",\n  "files": {\n    "B": "once ${hash}",\n    "a": "owned ${hash}",\n    "b": "keyed ${hash}"\n  }\n}\n`,
    );
  });

  it('is read as it was printed', () => {
    const file = fc
      .constantFrom('owned' as const, 'once' as const, 'merge' as const, 'keyed' as const)
      .map((fileClass) => ({ class: fileClass, hash }));
    const name = fc.stringMatching(/^[a-m][\w-]{0,8}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, file), { selector: ([path]) => path.toLowerCase() }),
        (files) => {
          const lock = { version: '1.2.3-beta.1', files: new Map<string, LockedFile>(files) };
          expect(parseLock(printLock(lock))).toEqual(lock);
          expect([...parseLock(printLock(lock)).files.keys()]).toEqual([...lock.files.keys()].sort());
        },
      ),
    );
    expect(parseLock(printLock({ version: '1.0.0', files: new Map() })).files.size).toBe(0);
  });
});

describe('parseLock', () => {
  it.each([
    ['', 'it is not JSON'],
    ['{', 'it is not JSON'],
    ['<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n', 'it has conflict markers'],
    ['null', 'it is not an object'],
    ['[]', 'it is not an object'],
    ['{}', 'it names no version'],
    [lockOf({}, 1), 'it names no version'],
    [lockOf({}, '1.0.0; rm -rf /'), 'it names no version'],
    [lockOf([]), 'it lists no files'],
    [lockOf(undefined), 'it lists no files'],
    [lockOf({ a: 'owned' }), 'the line of "a" has no class and hash'],
    [lockOf({ a: `local ${hash}` }), 'the line of "a" has no class and hash'],
    [lockOf({ a: `owned ${hash.toUpperCase()}` }), 'the line of "a" has no class and hash'],
    [lockOf({ a: {} }), 'the line of "a" has no class and hash'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseLock(text)).toThrow(
      expect.objectContaining({ code: 5, message: `Cannot read .create-msvc/lock.json: ${reason}` }),
    );
  });

  it.each(['../a', '/etc/passwd', '.git/config', 'a\\b', 'nul'])('refuses the path %j', (path) => {
    expect(() => parseLock(lockOf({ [path]: `owned ${hash}` }))).toThrow('cannot be written');
  });

  it('takes a path that is a name of the language', () => {
    const text = `{"lock":1,"version":"1.0.0","files":{"__proto__":"owned ${hash}"}}`;
    expect([...parseLock(text).files.keys()]).toEqual(['__proto__']);
  });

  it('names the version of a lock that is newer than it can read', () => {
    const text = lockOf({}, '7.1.0', 2);
    expect(() => parseLock(text)).toThrow(
      expect.objectContaining({
        code: 5,
        message: '.create-msvc/lock.json was written by a newer create-msvc (7.1.0)',
      }),
    );
  });
});
