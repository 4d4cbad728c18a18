import { describe, expect, it } from 'vitest';
import type { Changes } from '../../src/merge/changes.ts';
import { merge } from '../../src/merge/merge.ts';
import { noBase } from '../../src/state/base.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { treeOf } from '../../src/tree/tree.ts';
import { tree, World } from './world.ts';

const none = { conflicts: [], notes: [] };

describe('a file that we wrote and nobody edited', () => {
  it.each(['owned', 'merge', 'keyed'] as const)('is replaced: %s', (fileClass) => {
    const world = World.after(tree({ 'compose.yaml': [fileClass, 'a: 1\n'] }));
    expect(world.run(tree({ 'compose.yaml': [fileClass, 'a: 2\n'] }))).toMatchObject(none);
    expect(world.files).toMatchObject({ 'compose.yaml': 'a: 2\n' });
  });

  it.each(['owned', 'merge', 'keyed', 'once'] as const)(
    'is deleted when nothing needs it: %s',
    (fileClass) => {
      const world = World.after(tree({ 'a.yaml': [fileClass, 'a: 1\n'], b: ['owned', ''] }));
      expect(world.run(tree({ b: ['owned', ''] }))).toMatchObject(none);
      expect(world.files).not.toHaveProperty('a.yaml');
    },
  );

  it('is not touched when it stays the same', () => {
    const world = World.after(tree({ a: ['owned', 'a\n'], b: ['once', 'b\n'] }));
    expect(world.run(tree({ a: ['owned', 'a\n'], b: ['once', 'b\n'] }))).toEqual({ changes: [], ...none });
  });
});

describe('a file that the user edited', () => {
  it.each(['owned', 'once', 'merge', 'keyed'] as const)('stays when it would not change: %s', (fileClass) => {
    const next = tree({ 'a.yaml': [fileClass, 'a: 1\n'] });
    const world = World.after(next, { 'a.yaml': 'a: 1\nmine: 2\n' });
    expect(world.run(next)).toEqual({ changes: [], ...none });
  });

  it('is a conflict when it is ours and would change or go', () => {
    const world = World.after(tree({ a: ['owned', '1\n'], b: ['owned', '1\n'] }), {
      a: 'mine\n',
      b: 'mine\n',
    });
    expect(world.run(tree({ a: ['owned', '2\n'] })).conflicts).toEqual([
      { path: 'a', reason: 'was edited, and would change' },
      { path: 'b', reason: 'was edited, and would be deleted' },
    ]);
  });

  it('is never written when it is theirs from birth', () => {
    const world = World.after(tree({ a: ['once', '1\n'], b: ['once', '1\n'] }), { a: 'mine\n', b: 'mine\n' });
    expect(world.run(tree({ a: ['once', '2\n'] }))).toMatchObject({
      conflicts: [],
      notes: [
        'a is yours and stays as it is; a new system would have another one',
        'b has your edits and stays, though nothing needs it any more',
      ],
    });
    expect(world.files).toMatchObject({ a: 'mine\n', b: 'mine\n' });
  });

  it('is merged by line, or is a conflict where the lines meet', () => {
    const before = tree({ 'README.md': ['merge', 'one\ntwo\nthree\n'] });
    const after = tree({ 'README.md': ['merge', 'one\ntwo\nTHREE\n'] });
    const world = World.after(before, { 'README.md': 'ONE\ntwo\nthree\n' });
    expect(world.run(after)).toMatchObject(none);
    expect(world.files['README.md']).toBe('ONE\ntwo\nTHREE\n');
    const meeting = World.after(before, { 'README.md': 'one\ntwo\nmine\n' });
    expect(meeting.run(after).conflicts).toEqual([
      { path: 'README.md', reason: 'was edited where it would change, at line 3' },
    ]);
  });

  it('is merged by key, or is a conflict that names the key', () => {
    const before = tree({ 'compose.yaml': ['keyed', 'a: 1\nb: 1\n'] });
    const after = tree({ 'compose.yaml': ['keyed', 'a: 1\nb: 2\nc: 1\n'] });
    const world = World.after(before, { 'compose.yaml': 'a: 5 # mine\nb: 1\nmine: 1\n' });
    expect(world.run(after)).toMatchObject(none);
    expect(world.files['compose.yaml']).toBe('a: 5 # mine\nb: 2\nc: 1\nmine: 1\n');
    const meeting = World.after(before, { 'compose.yaml': 'a: 1\nb: 3\n' });
    expect(meeting.run(after).conflicts).toEqual([
      { path: 'compose.yaml', reason: 'b is 3 here, and would become 2' },
    ]);
  });

  it('is a conflict when the text it came from is lost', () => {
    const world = World.after(tree({ 'a.yaml': ['keyed', 'a: 1\n'] }), {
      'a.yaml': 'a: 1\nb: 1\n',
      '.create-msvc/base.pack': '',
    });
    expect(world.run(tree({ 'a.yaml': ['keyed', 'a: 2\n'] })).conflicts).toEqual([
      { path: 'a.yaml', reason: 'was edited, and the text it came from is not in .create-msvc/base.pack' },
    ]);
  });

  it('keeps its line ends and counts as unedited when only they differ', () => {
    const world = World.after(tree({ a: ['owned', '1\n2\n'], b: ['merge', '1\n2\n3\n'] }), {
      a: '1\r\n2\r\n',
      b: 'one\r\n2\r\n3\r\n',
    });
    expect(world.run(tree({ a: ['owned', '1\n3\n'], b: ['merge', '1\n2\nthree\n'] }))).toMatchObject(none);
    expect(world.files).toMatchObject({ a: '1\r\n3\r\n', b: 'one\r\n2\r\nthree\r\n' });
    expect(world.run(tree({ a: ['owned', '1\n3\n'], b: ['merge', '1\n2\nthree\n'] }))).toEqual({
      changes: [],
      ...none,
    });
  });
});

describe('a file that the user deleted', () => {
  it.each(['owned', 'once', 'merge', 'keyed'] as const)('stays deleted: %s', (fileClass) => {
    const world = World.after(tree({ 'a.yaml': [fileClass, 'a: 1\n'] }), { 'a.yaml': undefined });
    expect(world.run(tree({ 'a.yaml': [fileClass, 'a: 2\n'] }))).toMatchObject(none);
    expect(world.run(tree({ 'a.yaml': [fileClass, 'a: 3\n'] }))).toMatchObject(none);
    expect(world.files).not.toHaveProperty('a.yaml');
  });
});

describe('a file that was there before us', () => {
  it("is a conflict unless it is equal, the user's, or merged by key", () => {
    const world = new World({
      a: 'same\n',
      b: 'other\n',
      c: 'other\n',
      d: 'other\n',
      '.gitattributes': '*.png binary\n',
    });
    const changes = world.run(
      tree({
        a: ['owned', 'same\n'],
        b: ['owned', 'ours\n'],
        c: ['once', 'ours\n'],
        d: ['merge', 'ours\n'],
        '.gitattributes': ['keyed', '* text=auto\n'],
      }),
    );
    const reason = 'is there already, and not as it would be written';
    expect(changes.conflicts).toEqual([
      { path: 'b', reason },
      { path: 'd', reason },
    ]);
    expect(changes.notes).toEqual(['c was there already and stays as it is']);
    expect(changes.changes.find(({ path }) => path === '.gitattributes')).toMatchObject({
      kind: 'update',
      content: '*.png binary\n* text=auto\n',
      was: hashOf('*.png binary\n'),
    });
  });
});

it('keeps a file executable that is, and makes one so that has to be', () => {
  const onDisk = (isExecutable: boolean) =>
    new Map([['run', { kind: 'file', text: '1', hash: hashOf('1'), isExecutable }] as const]);
  const base = { ...noBase, files: new Map([['run', { class: 'owned', hash: hashOf('1') }] as const]) };
  const modes = (
    [
      [0o644, true],
      [0o755, false],
      [0o644, false],
    ] as const
  ).map(([mode, isExecutable]) => {
    const next = treeOf([['run', { content: '2', mode, owner: 'test', class: 'owned' }]]);
    return merge({ base, mine: onDisk(isExecutable), next, version: '1.0.0' }).changes.find(
      ({ path }) => path === 'run',
    );
  });
  expect(modes).toMatchObject([{ mode: 0o755 }, { mode: 0o755 }, { mode: 0o644 }]);
});

it('writes nothing where the user has the higher range already, but says so', () => {
  const manifest = (version: string) =>
    tree({ 'package.json': ['keyed', `{ "dependencies": { "a": "${version}" } }`] });
  const mine = '{ "dependencies": { "a": "3.0.0" } }';
  const world = World.after(manifest('1.0.0'), { 'package.json': mine });
  const changes = world.run(manifest('2.0.0'));
  expect(changes.notes).toEqual([
    'package.json: dependencies.a is "3.0.0", the higher one of it and "2.0.0"',
  ]);
  expect(changes.changes.map(({ path }) => path)).not.toContain('package.json');
});

it('never overwrites what is not a file', () => {
  const changes: Changes = merge({
    base: noBase,
    mine: new Map([['a', { kind: 'blocked', reason: 'is a symbolic link' }]]),
    next: tree({ a: ['owned', '1\n'] }),
    version: '1.0.0',
  });
  expect(changes.conflicts).toEqual([{ path: 'a', reason: 'is a symbolic link' }]);
});

it('refuses a tree with a path that may not be written', () => {
  const run = (path: string) => () => new World({}).run(tree({ [path]: ['owned', ''] }));
  expect(run('../a')).toThrow('cannot be written');
  expect(run('.create-msvc/lock.json')).toThrow('one file on some platforms');
});
