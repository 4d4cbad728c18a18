/** Which names can stand: they become package names, databases, containers, queues and identifiers. */

import { isReserved } from './reserved.ts';

/** Lower-case words joined by single dashes. */
export const kebabPattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Characters of a name. PostgreSQL and DNS keep 63; the prefixes and suffixes that names get need the rest. Lines of
 * code that name a service more than once can be laid out up to 20.
 */
export const longest = { project: 50, service: 20, action: 30, saga: 40, channel: 40 } as const;

export type NameKind = keyof typeof longest;

/** Why a name cannot stand, as the end of a sentence; null where it can. */
export function nameProblem(kind: NameKind, name: string): string | null {
  if (name === '') return 'is empty';
  if (!kebabPattern.test(name))
    return 'must be lower-case letters and digits in words joined by "-", starting with a letter';
  if (name.length > longest[kind]) return `is longer than ${longest[kind]} characters`;
  return isReserved[kind](name) ? 'is a reserved name' : null;
}

/** The nearest name that can stand; empty where there is none. */
export function fittingName(kind: NameKind, text: string): string {
  const words =
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const name = words.join('-').replace(/^[0-9-]+/, '');
  return nameProblem(kind, name) === null ? name : '';
}

/** A hint for a name that cannot stand, where there is a near one that can. */
export function nameHint(kind: NameKind, text: string): string | undefined {
  const name = fittingName(kind, text);
  return name === '' ? undefined : `Try ${name}`;
}

/** A name as it can be shown in a message: control characters escaped, cut where it is long. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 62 ? `${text.slice(0, 60)}…"` : text;
}
