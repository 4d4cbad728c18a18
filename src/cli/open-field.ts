/** What a spec lacks: the judge is `settleSpec`, whose problems are told, or asked for. */

import type { CatalogIndex } from '../catalog/catalog.ts';
import { type Group, groups } from '../spec/groups.ts';
import { SpecError, type SpecInput, type SpecPath } from '../spec/input.ts';
import { settleSpec } from '../spec/settle.ts';
import { type Field, sections } from './sections.ts';

/** A field that the choices so far need, that is not said, and that has a question. */
export interface OpenField {
  readonly group: Group;
  readonly field: Field & { readonly question: string };
}

/** The first field that is to be asked for, or null. */
export function openField(input: SpecInput, catalog: CatalogIndex): OpenField | null {
  const problem = problemOf(input, catalog);
  return problem && fieldOf(problem, input);
}

/** Whether a question can mend the problem. */
export function isAskable(problem: SpecError, input: SpecInput): boolean {
  return fieldOf(problem, input) !== null;
}

function fieldOf({ path }: SpecError, input: SpecInput): OpenField | null {
  const group = groups.find(({ specKey }) => specKey === path[0]);
  const field = group && sections[group.specKey]?.fields.find(({ key }) => key === path[1]);
  const section = group && input[group.specKey];
  if (!group || !field?.question || typeof section !== 'object') return null;
  const isSaid = (section as Readonly<Record<string, unknown>>)[field.key] !== undefined;
  return isSaid ? null : { group, field: { ...field, question: field.question } };
}

/** What is wrong with the spec, or null. */
export function problemOf(input: SpecInput, catalog: CatalogIndex): SpecError | null {
  try {
    settleSpec(input, catalog);
    return null;
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
}

/** What is wrong at a path or below it, as a sentence, or null. */
export function problemAt(path: SpecPath, input: SpecInput, catalog: CatalogIndex): string | null {
  const problem = problemOf(input, catalog);
  if (!problem || path.some((key, index) => problem.path[index] !== key)) return null;
  return /^[a-z]/.test(problem.message) ? `It ${problem.message}` : problem.message;
}
