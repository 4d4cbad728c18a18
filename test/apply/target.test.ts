import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireFreeTarget } from '../../src/apply/target.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';

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
    expect(() => requireFreeTarget(join(root, 'a.txt'))).toThrow('it is there and is not a folder');
    expect(() => requireFreeTarget(join(root, 'a.txt/b'))).toThrow('a part of its path is not a folder');
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
