/** What the commands need of the rest: the pipeline, behind one import that `--help` and `list` never make. */

import type { CatalogIndex } from '../catalog/catalog.ts';
import type { Changes } from '../merge/changes.ts';
import type { Prepared } from '../run.ts';
import type { SpecInput } from '../spec/input.ts';
import type { SpecFile } from '../spec/parse.ts';
import type { Spec } from '../spec/spec.ts';

export interface Engine {
  /** Of this package. */
  readonly version: string;
  readonly catalog: CatalogIndex;
  open(): Promise<Pipeline>;
}

/** Spec -> Changes -> disk, with this package's catalog; see `src/run.ts`, which says what each throws. */
export interface Pipeline {
  readSpec(text: string, file: string): SpecFile;
  /** @throws UserError (code 5) where no new system can be made */
  requireFree(root: string): void;
  /** @throws SpecError where choices do not fit together */
  check(spec: Spec): void;
  create(spec: Spec, root: string): Prepared;
  add(request: { readonly patterns: readonly string[]; readonly input: SpecInput }, root: string): Prepared;
  apply(changes: Changes, options: { readonly root: string; readonly signal: AbortSignal }): Promise<void>;
}
