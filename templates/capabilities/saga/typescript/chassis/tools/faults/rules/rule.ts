// What rules have in common: what each is about, and what breaks it.
import type { Case } from '../customers.ts';
import type { Evidence, Told } from '../evidence.ts';

export interface Rule {
  readonly name: string;
  /** How many cases, messages or rows it was checked on. */
  readonly checked: number;
  readonly broken: readonly Violation[];
}

export interface Violation {
  /** Key of the saga that it is about, if it is about one. */
  readonly one?: string;
  readonly text: string;
}

/** One that the API knows. */
export interface Fact {
  readonly one: Case;
  readonly id: string;
  readonly told: Told;
}

/** What is wrong with one of those that a rule is about. */
export type Check<T> = (one: T) => readonly Violation[];

export function rule<T>(name: string, all: readonly T[], check: Check<T>): Rule {
  return { name, checked: all.length, broken: all.flatMap(check) };
}

export function factOf(one: Case, { told }: Evidence): Fact[] {
  const { id = '' } = one;
  const answer = told.get(id);
  return answer === undefined || answer instanceof Error ? [] : [{ one, id, told: answer }];
}

export const isConfirmed = ({ told }: Pick<Fact, 'told'>) => told.status === 'CONFIRMED';

export const about = ({ id, key }: Case, text: string): Violation => ({ one: id ?? key, text });
