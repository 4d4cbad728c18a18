/** Puts import statements of several sources in order: one statement a module, sorted as the formatter sorts. */

import { fitLine } from './layout/wide.ts';

interface Import {
  readonly module: string;
  readonly isType: boolean;
  /** `x` or `* as x`; empty where there are only names in braces. */
  readonly whole: string;
  readonly names: readonly string[];
}

const statement = /^import (type )?(?:([^{}]+?)(?:, )?)?(?:\{([^}]*)\})? ?(?:from )?'([^']+)';$/;

/**
 * Sorts and unites statements, one a line.
 * @throws Error for a line that is no import
 */
export function arrangeImports(text: string): string {
  const byKey = new Map<string, Import>();
  for (const line of text.split('\n').filter((item) => item.trim() !== '')) {
    const read = readImport(line.trim());
    const key = `${read.module} ${read.isType} ${read.whole}`;
    const names = new Set([...(byKey.get(key)?.names ?? []), ...read.names]);
    byKey.set(key, { ...read, names: [...names] });
  }
  const sorted = [...byKey.values()].sort((a, b) => compareModules(a.module, b.module));
  return sorted.map((item) => `${fitLine(printImport(item), '')}\n`).join('');
}

function readImport(line: string): Import {
  const [, type, whole = '', names = '', module] = statement.exec(line) ?? [];
  if (!module) throw new Error(`Not an import statement: ${line}`);
  const list = names.split(',').map((name) => name.trim());
  return {
    module,
    isType: type !== undefined,
    whole: whole.trim(),
    names: list.filter((name) => name !== ''),
  };
}

function printImport({ module, isType, whole, names }: Import): string {
  const sorted = [...names].sort((a, b) => compareNatural(a.replace(/^type /, ''), b.replace(/^type /, '')));
  const parts = [whole, sorted.length > 0 ? `{ ${sorted.join(', ')} }` : ''].filter((part) => part !== '');
  const from = parts.length > 0 ? `${parts.join(', ')} from ` : '';
  return `import ${isType ? 'type ' : ''}${from}'${module}';`;
}

/** Built-in modules, then packages, then files: the further away, the earlier. */
function compareModules(a: string, b: string): number {
  return distance(a) - distance(b) || comparePaths(a, b);
}

function distance(module: string): number {
  if (module.startsWith('node:')) return 0;
  if (module.startsWith('#')) return 2;
  return module.startsWith('.') ? 4 - (module.startsWith('../') ? 1 : 0) : 1;
}

/** As the formatter does, folder by folder: `user/store.ts` is before `user-profile/store.ts`. */
function comparePaths(a: string, b: string): number {
  return compareInTurn(a.split(/[./]/), b.split(/[./]/), compareNatural);
}

/** As the formatter does: `A`, `a`, `B`, so that `EdgeClient` is before `edge`; numbers by what they count. */
function compareNatural(a: string, b: string): number {
  return compareInTurn(a.match(/\d+|\D/g) ?? [], b.match(/\d+|\D/g) ?? [], comparePieces);
}

/** Two numbers, or two characters. */
function comparePieces(a: string, b: string): number {
  if (/\d/.test(a) && /\d/.test(b)) return Number(a) - Number(b);
  return compareTexts(a.toLowerCase(), b.toLowerCase()) || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** By the first pair that differs; where there is none the shorter one is before the other. */
function compareInTurn(
  a: readonly string[],
  b: readonly string[],
  compare: (one: string, other: string) => number,
): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compare(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
