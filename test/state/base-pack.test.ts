import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePack, printPack } from '../../src/state/base-pack.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';

it('is read as it was printed, in whatever order the texts came', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const pack = printPack(texts);
      expect(pack).toBe(printPack(texts.toReversed()));
      expect(parsePack(pack)).toEqual(new Map([...new Set(texts)].map((text) => [hashOf(text), text])));
      expect(parsePack(pack.replaceAll('\n', '\r\n'))).toEqual(parsePack(pack));
    }),
  );
});

it('survives a merge of two branches by git', () => {
  const folder = fill(emptyFolder(), {
    base: printPack(['common: 1\n', 'changed: 1\n']),
    ours: printPack(['common: 1\n', 'changed: 2\n', 'ours: 1\n']),
    theirs: printPack(['common: 1\n', 'changed: 3\n']),
  });
  const { stdout } = spawnSync('git', ['merge-file', '--union', '-p', 'ours', 'base', 'theirs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const texts = [...parsePack(stdout).values()];
  expect(texts).toEqual(expect.arrayContaining(['common: 1\n', 'changed: 2\n', 'changed: 3\n', 'ours: 1\n']));
});

it.each([
  ['text without a hash', '"a"\n'],
  ['a hash of another text', `${hashOf('a')} "b"\n`],
  ['not a text', `${hashOf('1')} 1\n`],
  ['broken off', printPack(['a: 1\n']).slice(0, -3)],
  ['conflict markers', `<<<<<<< ours\n${printPack(['a'])}`],
])('refuses a line that is %s, and names it', (_name, line) => {
  expect(() => parsePack(`${printPack(['fine\n'])}${line}`)).toThrow(
    expect.objectContaining({
      code: 5,
      message: 'Cannot read .create-msvc/base.pack: line 2 is not a text and its hash',
    }),
  );
});
