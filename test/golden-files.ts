/** The goldens: files that come from templates or are folded, and a list of all files with their classes. */

import { indexOf } from '../src/catalog/catalog.ts';
import { makePlan } from '../src/plan/make.ts';
import { render } from '../src/render/render.ts';
import { settleSpec } from '../src/spec/settle.ts';
import { shipped } from './catalogs.ts';
import { shapes, toolVersion } from './systems.ts';

/** Path below `test/golden` to content, for the shop and for a system with names of its own. */
export function goldens(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  // What is copied byte for byte can be read in `templates/`.
  const copied = new Set(shipped.sources.flatMap(({ files: all }) => all.map(({ text }) => text)));
  for (const shape of ['shop', 'book-trip']) {
    const spec = settleSpec(shapes[shape] ?? {}, indexOf(shipped));
    const tree = render(makePlan(spec, { catalog: shipped, toolVersion }), shipped);
    files.set(`${shape}.txt`, [...tree].map(([path, file]) => `${file.class.padEnd(6)} ${path}\n`).join(''));
    for (const [path, { content }] of tree) {
      if (!copied.has(content)) files.set(`${shape}/${path}`, content);
    }
  }
  return files;
}
