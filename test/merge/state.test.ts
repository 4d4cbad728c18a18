import { describe, expect, it } from 'vitest';
import { parseLock } from '../../src/state/lock.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { tree, World } from './world.ts';

const none = { conflicts: [], notes: [] };

describe('the state', () => {
  it('follows from the rendered tree alone', () => {
    const [a, both] = [tree({ a: ['merge', 'a\n'] }), tree({ a: ['merge', 'a\n'], b: ['keyed', 'b: 1\n'] })];
    const grown = World.after(a);
    grown.run(both);
    expect(grown.files).toEqual(World.after(both).files);
    grown.run(a);
    expect(grown.files).toEqual(World.after(a).files);
  });

  it("follows what is rendered while a file of the user's is untouched", () => {
    const world = World.after(tree({ a: ['once', '1\n'] }));
    world.run(tree({ a: ['once', '2\n'] }));
    expect(world.files).toEqual(World.after(tree({ a: ['once', '2\n'] })).files);
    world.run(tree({}));
    expect(world.files).not.toHaveProperty('a');
  });

  it('remembers what a file was that the user made theirs', () => {
    const world = World.after(tree({ a: ['once', '1\n'] }), { a: 'mine\n' });
    world.run(tree({ a: ['once', '2\n'] }));
    expect(world.files.a).toBe('mine\n');
    expect(parseLock(world.files['.create-msvc/lock.json'] ?? '').files.get('a')).toEqual({
      class: 'once',
      hash: hashOf('1\n'),
    });
  });

  it('does not list local files', () => {
    const world = World.after(tree({ '.env': ['local', 'A=1\n'] }), { '.env': 'A=2\n' });
    expect(world.run(tree({ '.env': ['local', 'A=3\n'] }))).toEqual({ changes: [], ...none });
    expect(world.files['.create-msvc/lock.json']).not.toContain('.env');
  });
});
