/** Whether the commands that the files of a system name are there. */

import type { FileTree } from '../../src/tree/tree.ts';

/** Scripts that a workflow or a document has and the system's package.json has not, as sentences. */
export function lackingScripts(tree: FileTree): readonly string[] {
  const { scripts } = JSON.parse(tree.get('package.json')?.content ?? '');
  return [...tree]
    .filter(([path]) => path.startsWith('.github/') || path.endsWith('.md'))
    .flatMap(([path, { content }]) =>
      [...content.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)]
        .map(([, name = '']) => name)
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${path} runs ${name}, which is no script`),
    );
}
