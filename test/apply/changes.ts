import type { Change } from '../../src/merge/changes.ts';
import { hashOf } from '../../src/tree/hash.ts';

export const create = (path: string): Change => ({ kind: 'create', path, content: 'new\n', mode: 0o644 });
export const update = (path: string, was: string): Change => ({
  kind: 'update',
  path,
  content: 'new\n',
  mode: 0o644,
  was: hashOf(was),
});
export const changesOf = (...changes: Change[]) => ({ changes, conflicts: [], notes: [] });
