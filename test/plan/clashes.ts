/** Finds names of a system's services, sagas and steps with which the system that is rendered would clash with itself. */

import { posix } from 'node:path';
import { parse } from 'yaml';
import { type Words, wordsOf, wordsOfPascal } from '../../src/plan/words.ts';
import type { FileTree } from '../../src/tree/tree.ts';
import { bindingPairs } from './bindings.ts';

/** A name that cannot stand in place of another, since two names in one place would then be the same. */
export interface Clash {
  readonly name: string;
  readonly instead: string;
  readonly place: string;
}

/** What must not stand in place of any of `names`, which are single words. */
export function clashesOf(tree: FileTree, names: readonly string[]): readonly Clash[] {
  const patterns = names.flatMap((name) => forms.map((form) => ({ name, form, text: wordsOf(name)[form] })));
  const found = new Map<string, Clash>();
  const pair = (place: string, one: string, other: string) => {
    for (const { name, form, text } of patterns) {
      if (!one.includes(text) || other.toLowerCase().includes(name)) continue;
      const instead = solution(form, one.split(text), other);
      if (instead) found.set(`${name} ${instead}`, { name, instead, place: `${place}: ${one} and ${other}` });
    }
  };
  for (const [place, pairs] of placesOf(tree)) {
    for (const [one, other] of pairs) {
      pair(place, one, other);
      pair(place, other, one);
    }
  }
  return [...found.values()];
}

type Pair = readonly [string, string];

/** Every place of names, with the pairs of its names that must differ. */
function placesOf(tree: FileTree): readonly (readonly [place: string, pairs: readonly Pair[]])[] {
  const files = [...tree].map(([path, { content }]) => ({ path, content }));
  const modules = files.filter(({ path }) => /^(?:services|contracts)\/.*\.ts$/.test(path));
  const folders = new Map<string, string[]>();
  for (const { path } of files) {
    const folder = posix.dirname(path);
    folders.set(folder, [...(folders.get(folder) ?? []), posix.basename(path)]);
  }
  return [
    ...modules.map(({ path, content }) => [path, bindingPairs(content)] as const),
    ...[...folders].map(([folder, inside]) => [folder, pairsOf(inside)] as const),
    ['.env.example', pairsOf(matches(tree.get('.env.example')?.content ?? '', /^(\w+)=/gm))],
    ...composeNames(tree.get('compose.yaml')?.content ?? '').map(
      ([place, inside]) => [place, pairsOf(inside)] as const,
    ),
    ['the tables of a service', pairsOf(files.flatMap(({ path, content }) => relationsIn(path, content)))],
  ];
}

function pairsOf(names: readonly string[]): readonly Pair[] {
  const unique = [...new Set(names)];
  return unique.flatMap((one, index) => unique.slice(index + 1).map((other) => [one, other] as const));
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

/** The bus and the registry have databases of their own. */
function relationsIn(path: string, content: string): readonly string[] {
  if (!/^(?:services|chassis\/\w+\/migrations\/(?!bus\/|registry\/)).*\.sql$/.test(path)) return [];
  return matches(content, /^CREATE (?:UNIQUE )?(?:TABLE|INDEX) (\w+)/gm);
}

function composeNames(text: string): readonly (readonly [place: string, names: readonly string[]])[] {
  const { services } = parse(text, { merge: true }) as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  return [
    ['compose.yaml', Object.keys(services)],
    ...Object.entries(services).map(([name, { environment = {} }]) => {
      return [`the environment of ${name} in compose.yaml`, Object.keys(environment)] as const;
    }),
  ];
}

const forms = ['name', 'Pascal', 'camel', 'snake', 'UPPER'] as const satisfies readonly (keyof Words)[];

/** What has to stand between the parts for them to become `other`; null where nothing does. */
function solution(form: (typeof forms)[number], parts: readonly string[], other: string): string | null {
  const [before = '', after = ''] = parts;
  if (parts.length > 2 || !other.startsWith(before) || !other.endsWith(after)) return null;
  const middle = other.slice(before.length, other.length - after.length);
  const isJoined = form === 'Pascal' || form === 'camel';
  const kebab = isJoined ? wordsOfPascal(middle).name : middle.toLowerCase().replaceAll('_', '-');
  const isName = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(kebab) && wordsOf(kebab)[form] === middle;
  return isName ? kebab : null;
}
