import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { Change } from '../../src/merge/changes.ts';
import { unifiedDiff } from '../../src/merge/patch.ts';
import { look } from '../../src/state/on-disk.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';

const changesOf = (changes: Change[]) => ({ changes, conflicts: [], notes: [] });

function diffOf(root: string, changes: Change[]): string {
  return unifiedDiff(changesOf(changes), (path) => {
    const found = look(root, path);
    return found?.kind === 'file'
      ? { text: found.text ?? '', isExecutable: found.isExecutable }
      : { text: '', isExecutable: false };
  });
}

it('looks as git prints it', () => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine';
  const root = fill(emptyFolder(), { a: before, gone: 'x\n' });
  const changes: Change[] = [
    {
      kind: 'update',
      path: 'a',
      content: before.replace('two\n', '').replace('nine', 'nine\nten\n'),
      mode: 0o755,
      was: hashOf(before),
    },
    { kind: 'create', path: 'empty', content: '', mode: 0o644 },
    { kind: 'delete', path: 'gone', was: hashOf('x\n') },
    { kind: 'create', path: 'über "all"', content: 'x\n', mode: 0o644 },
  ];
  expect(diffOf(root, changes)).toBe(`diff --git a/a b/a
old mode 100644
new mode 100755
--- a/a
+++ b/a
@@ -1,9 +1,9 @@
 one
-two
 three
 four
 five
 six
 seven
 eight
-nine
\\ No newline at end of file
+nine
+ten
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git "a/\\303\\274ber \\"all\\"" "b/\\303\\274ber \\"all\\""
new file mode 100644
--- /dev/null
+++ "b/\\303\\274ber \\"all\\""
@@ -0,0 +1 @@
+x
`);
});

const text = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'c', '', 'd\r', '-- x', '+++ y'), { maxLength: 30 }),
    fc.boolean(),
  )
  .map(([lines, ends]) => lines.join('\n') + (ends ? '\n' : ''));

it('makes git write what apply writes', async () => {
  const sides = fc.array(fc.tuple(fc.option(text), fc.option(text)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sides, async (files) => {
      const changes = files.flatMap(([before, after], index) =>
        changeOf(`d ${index % 2}/${index}`, { before, after }),
      );
      fc.pre(changes.length > 0);
      const [ours, gits] = ['ours', 'gits'].map((name) => {
        const root = fill(join(emptyFolder(), name), { keep: '' });
        fill(
          root,
          Object.fromEntries(
            files.flatMap(([before], index) =>
              before === null ? [] : [[`d ${index % 2}/${index}`, before]],
            ),
          ),
        );
        return root;
      }) as [string, string];
      const patch = diffOf(ours, changes);
      await apply(changesOf(changes), { root: ours });
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
        cwd: gits,
        input: patch,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      expect(snapshot(gits)).toEqual(snapshot(ours));
    }),
    { numRuns: 60 },
  );
});

function changeOf(
  path: string,
  { before, after }: { before: string | null; after: string | null },
): Change[] {
  if (before === after) {
    return [];
  }
  if (after === null) {
    return [{ kind: 'delete', path, was: hashOf(before ?? '') }];
  }
  return before === null
    ? [{ kind: 'create', path, content: after, mode: 0o644 }]
    : [{ kind: 'update', path, content: after, mode: 0o644, was: hashOf(before) }];
}

it('keeps a file executable that is', async () => {
  const root = fill(emptyFolder(), { run: '1\n' });
  chmodSync(join(root, 'run'), 0o755);
  mkdirSync(join(root, 'x'));
  const change: Change = { kind: 'update', path: 'run', content: '2\n', mode: 0o755, was: hashOf('1\n') };
  expect(diffOf(root, [change])).not.toContain('mode');
  await apply(changesOf([change]), { root });
  expect(snapshot(root)?.run).toBe('file 755 2\n');
});
