import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { recover } from '../../src/apply/recover.ts';
import { UserError } from '../../src/errors.ts';
import type { Change } from '../../src/merge/changes.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { changesOf, create, update } from './changes.ts';

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
    expect(() => recover(join(root, 'a'))).not.toThrow();
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
