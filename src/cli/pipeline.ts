/** The real pipeline. Loaded by the commands that generate: it brings zod, YAML and all templates. */

import { apply } from '../apply/apply.ts';
import { recover } from '../apply/recover.ts';
import { requireFreeTarget } from '../apply/target.ts';
import { type Catalog, indexOf } from '../catalog/catalog.ts';
import { makePlan } from '../plan/make.ts';
import { prepareAddition, prepareNew } from '../run.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Pipeline } from './engine.ts';

export function pipelineOf(catalog: Catalog, toolVersion: string): Pipeline {
  const index = indexOf(catalog);
  return {
    readSpec: (text, file) => parseSpec(text, { file, catalog: index }),
    requireFree: (root) => {
      recover(root);
      requireFreeTarget(root);
    },
    check: (spec) => void makePlan(spec, { catalog, toolVersion }),
    create: (spec, root) => prepareNew(spec, { catalog, toolVersion, root }),
    add: (request, root) => prepareAddition(request, { catalog, toolVersion, root }),
    apply,
  };
}
