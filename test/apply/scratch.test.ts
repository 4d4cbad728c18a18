import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { realDisk } from '../../src/apply/disk.ts';
import { sweepScratch } from '../../src/apply/scratch.ts';
import { emptyFolder, type Files, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { changesOf, create } from './changes.ts';
import { faultyDisk, systemError } from './faulty-disk.ts';
import { dead, owner } from './owner.ts';

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
