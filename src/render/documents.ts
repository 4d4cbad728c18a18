/** Documents that several sources write a section of: `X.md.d/20-name.md` is the section 20 of `X.md`. */

import { comparePaths } from '../tree/tree.ts';

const fragment = /^(.+\.md)\.d\/(\d\d-[^/]+)$/;

/** The document that a fragment belongs to; null where the path is no fragment. */
export function documentOf(path: string): string | null {
  return fragment.exec(path)?.[1] ?? null;
}

/**
 * Joins the fragments in the order of their names, with one blank line between them. Fragments that render to
 * nothing leave nothing.
 * @throws Error when a text for the document itself is among them, or two have one name
 */
export function joinFragments(parts: readonly { readonly path: string; readonly text: string }[]): string {
  const sorted = [...parts].sort((a, b) => comparePaths(a.path, b.path));
  for (const [index, { path }] of sorted.entries()) {
    if (!fragment.test(path)) throw new Error(`"${path}" is written both whole and in sections`);
    if (sorted[index + 1]?.path === path) throw new Error(`Two sources own the section "${path}"`);
  }
  const texts = sorted.map(({ text }) => text.trim()).filter((text) => text !== '');
  return `${texts.join('\n\n')}\n`;
}
