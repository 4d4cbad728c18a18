/**
 * The named lists of all sources of a plan. A list is made when a template first asks for it: entries of a service's
 * lists cannot be rendered where there is no service.
 */

import { type Catalog, declaredFields, type ListEntry } from '../catalog/catalog.ts';
import type { Plan, PlannedService } from '../plan/plan.ts';
import { renderText } from './template.ts';

export type ListContext = Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;

interface ListRequest {
  readonly plan: Plan;
  readonly catalog: Catalog;
  readonly language: string;
  readonly service: PlannedService | undefined;
  /** What the texts of the entries see. */
  readonly context: object;
}

/** One property for each list that the catalog declares. */
export function lazyLists(request: ListRequest): ListContext {
  const lists = {};
  for (const source of request.catalog.sources) {
    for (const [name, fields] of Object.entries(source.declares)) {
      let made: ListContext[string] | undefined;
      Object.defineProperty(lists, name, {
        enumerable: true,
        get: () => (made ??= makeList({ ...request, name, fields: declaredFields(fields) })),
      });
    }
  }
  return lists;
}

function makeList(request: ListRequest & { readonly name: string; readonly fields: readonly string[] }) {
  const { plan, catalog, language, name, fields, context } = request;
  const entries = plan.sources.flatMap(({ folder }) => {
    const source = catalog.sources.find((candidate) => candidate.folder === folder);
    const all = ['shared', language].flatMap((section) => source?.sections[section]?.lists[name] ?? []);
    return all.filter((entry) => isFor(entry, { ...request, sample: source?.sample ? source.id : null }));
  });
  const sorted = entries.toSorted((a, b) => a.order - b.order);
  return sorted.map((entry) =>
    Object.fromEntries(
      fields.map((field) => [field, renderText(entry.fields[field] ?? '', { catalog, context })] as const),
    ),
  );
}

/** Whether an entry belongs here: to this service, to a service that its sample really has, and as its `when` says. */
function isFor(
  entry: ListEntry,
  { plan, service, context, sample }: ListRequest & { sample: string | null },
): boolean {
  if (entry.service !== null) {
    const owner = plan.services.find(({ name }) => name === entry.service);
    if (!owner || (sample !== null && owner.sample !== sample)) return false;
    if (service && service.name !== owner.name) return false;
  }
  if (entry.when === null) return true;
  const value = entry.when
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], context);
  // As `{{#if}}` has it, an empty list is nothing.
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
