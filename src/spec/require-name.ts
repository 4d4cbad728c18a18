import { type NameKind, nameHint, nameProblem, quoted } from './identifier.ts';
import { SpecError, type SpecPath } from './input.ts';

/** @throws SpecError at `path` where the name cannot stand, with the nearest one that can */
export function requireName(kind: NameKind, name: string, path: SpecPath): void {
  const problem = nameProblem(kind, name);
  if (problem) throw new SpecError(path, `${quoted(name)} ${problem}`, nameHint(kind, name));
}
