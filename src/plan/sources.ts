/** Which folders of the catalog a system is rendered from. */

import { type CatalogData, indexOf, type Source } from '../catalog/catalog.ts';
import { chosenPatterns, chosenValue, groups } from '../spec/groups.ts';
import { SpecError } from '../spec/input.ts';
import type { Spec } from '../spec/spec.ts';

/**
 * Base, languages, capabilities that a chosen pattern provides, patterns; samples are added by the services that
 * match them. The order is canonical, so that the order of the user's choices leaves no trace.
 * @throws SpecError where a pattern requires what nothing chosen provides.
 */
export function chooseSources(spec: Spec, catalog: CatalogData): readonly Source[] {
  const languages = new Set(Object.values(spec.services).map(({ language }) => language));
  const chosen = chosenPatterns(spec, indexOf(catalog));
  const patterns = chosen.map(
    (id) => catalog.sources.find((source) => isPattern(source) && source.id === id) as Source,
  );
  const bases = catalog.sources.filter(
    ({ kind, id }) => kind === 'base' || (kind === 'language' && languages.has(id)),
  );
  const provided = new Set([...bases, ...patterns].flatMap(({ provides }) => provides));
  for (const pattern of patterns) checkRequirements({ pattern, provided, spec, catalog });
  const capabilities = catalog.sources.filter(({ kind, id }) => kind === 'capability' && provided.has(id));
  return [...bases, ...capabilities, ...patterns];
}

function isPattern({ kind }: Source): boolean {
  return kind === 'pattern';
}

interface RequirementCheck {
  readonly pattern: Source;
  readonly provided: ReadonlySet<string>;
  readonly spec: Spec;
  readonly catalog: CatalogData;
}

function checkRequirements({ pattern, provided, spec, catalog }: RequirementCheck): void {
  const missing = pattern.requires.find((capability) => !provided.has(capability));
  if (!missing) return;
  const group = groups.find(({ id }) => id === pattern.group);
  const providers = catalog.sources.filter(
    (source) => isPattern(source) && source.provides.includes(missing),
  );
  const other = groups.find(({ id }) => id === providers[0]?.group);
  const reason = other ? `, and ${other.specKey} is "${chosenValue(other, spec)}"` : '';
  throw new SpecError(
    [group?.specKey ?? ''],
    `"${pattern.id}" needs "${missing}"${reason}`,
    `Choose ${providers.map(({ id }) => id).join(' or ')}`,
  );
}
