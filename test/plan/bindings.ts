/** Which names of a TypeScript module must differ, so that each of its references finds what it means. */

import { parseAst } from 'vitest/node';

type Node = Readonly<Record<string, unknown>> & { readonly type: string };
type Pair = readonly [string, string];

/** Where a name is only a property's, and no scope is asked for it. */
const propertyKeys: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  MetaProperty: 'property',
  Property: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  PropertyDefinition: 'key',
  TSQualifiedName: 'right',
  ImportSpecifier: 'imported',
};

/** Pairs of names of one module: those in one scope, those of which one would hide the other, members of one object. */
export function bindingPairs(code: string): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  const add = (one: string, others: Iterable<string>) => {
    for (const other of others) if (one !== other) pairs.set([one, other].sort().join(' '), [one, other]);
  };
  const visit = (node: Node, outer: readonly ReadonlySet<string>[]) => {
    const declared = declaredIn(node);
    const scopes = declared.size > 0 ? [...outer, declared] : outer;
    for (const name of declared) add(name, declared);
    const members = membersOf(node);
    for (const name of members) add(name, members);
    if (node.type === 'Identifier') {
      const name = String(node.name);
      const home = scopes.findLastIndex((scope) => scope.has(name));
      for (const scope of scopes.slice(Math.max(home, 0))) add(name, scope);
    }
    for (const child of childrenOf(node)) visit(child, scopes);
  };
  visit(parseAst(code, { lang: 'ts' }) as unknown as Node, []);
  return [...pairs.values()];
}

/** The names that a node makes known to what is inside of it. */
function declaredIn(node: Node): ReadonlySet<string> {
  if (Array.isArray(node.params)) return new Set((node.params as Node[]).flatMap(patternNames));
  if (node.type !== 'Program' && node.type !== 'BlockStatement') return new Set();
  return new Set((node.body as Node[]).flatMap(statementNames));
}

function statementNames(statement: Node): readonly string[] {
  if (statement.type === 'ImportDeclaration')
    return (statement.specifiers as Node[]).flatMap(({ local }) => patternNames(local as Node));
  if (statement.type === 'ExportNamedDeclaration')
    return statement.declaration ? statementNames(statement.declaration as Node) : [];
  if (statement.type === 'VariableDeclaration')
    return (statement.declarations as Node[]).flatMap(({ id }) => patternNames(id as Node));
  return /Declaration$/.test(statement.type) && statement.id ? patternNames(statement.id as Node) : [];
}

/** The names that a pattern binds: all in it that are no keys of what it takes apart. */
function patternNames(pattern: Node): readonly string[] {
  if (pattern.type === 'Identifier') return [String(pattern.name)];
  if (pattern.type === 'AssignmentPattern') return patternNames(pattern.left as Node);
  return /Pattern$|^RestElement$|^Property$/.test(pattern.type)
    ? childrenOf(pattern).flatMap(patternNames)
    : [];
}

function membersOf(node: Node): ReadonlySet<string> {
  const members =
    node.properties ?? (/^TS(?:InterfaceBody|TypeLiteral)$/.test(node.type) && (node.body ?? node.members));
  if (!Array.isArray(members)) return new Set();
  const keys = (members as Node[]).map(({ key }) => key as Node | undefined);
  return new Set(keys.flatMap((key) => (key?.type === 'Identifier' ? [String(key.name)] : [])));
}

function childrenOf(node: Node): readonly Node[] {
  const keys = Object.keys(node).filter((key) => node.computed === true || propertyKeys[node.type] !== key);
  return keys.flatMap((key) => [node[key]].flat().filter(isNode));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}
