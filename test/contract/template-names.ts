/**
 * Checks the names that a template uses against the schema of its context. Handlebars' `strict` lets `{{#if typo}}`,
 * `{{#each typo}}` and `{{helper typo}}` through.
 */

import Handlebars from 'handlebars';
import { z } from 'zod';
import { blockHelpers, valueHelpers } from '../../src/catalog/helper-names.ts';

const blocks: readonly string[] = ['if', 'unless', 'each', 'with', ...blockHelpers];
const calls: readonly string[] = ['lookup', ...valueHelpers];
const data = ['first', 'last', 'index', 'key'];

/** What is visible at a place: the contexts around it, the innermost last. */
type Scopes = readonly z.ZodType[];

/** What a template names. */
export interface Names {
  /** Every name that its context does not have, with its line. */
  readonly unknown: readonly string[];
  /** The lists of the whole system that it iterates over; those of one service are not among them. */
  readonly lists: ReadonlySet<string>;
}

/** Reads the names of a template against the schema of its context. */
export function namesIn(template: string, context: z.ZodType): Names {
  const unknown: string[] = [];
  const lists = new Set<string>();
  const report = (node: hbs.AST.Node, problem: string) => {
    unknown.push(`line ${node.loc.start.line}: ${problem}`);
  };
  visitProgram(Handlebars.parse(template), { scopes: [context], report, lists });
  return { unknown, lists };
}

interface Visit {
  readonly scopes: Scopes;
  readonly report: (node: hbs.AST.Node, problem: string) => void;
  readonly lists: Set<string>;
}

function visitProgram(program: hbs.AST.Program | undefined, visit: Visit): void {
  for (const statement of program?.body ?? []) visitStatement(statement, visit);
}

function visitStatement(statement: hbs.AST.Statement, visit: Visit): void {
  switch (statement.type) {
    case 'ContentStatement':
    case 'CommentStatement':
      break;
    case 'MustacheStatement':
      visitMustache(statement as hbs.AST.MustacheStatement, visit);
      break;
    case 'BlockStatement':
      visitBlock(statement as hbs.AST.BlockStatement, visit);
      break;
    default:
      visit.report(statement, `${statement.type} is not used in templates`);
  }
}

function visitMustache({ path, params }: hbs.AST.MustacheStatement, visit: Visit): void {
  if (params.length === 0) {
    resolve(path, visit);
    return;
  }
  const name = (path as hbs.AST.PathExpression).original;
  if (!calls.includes(name)) visit.report(path, `no helper "${name}"`);
  for (const param of params) visitParam(param, visit);
}

function visitParam(param: hbs.AST.Expression, visit: Visit): void {
  if (param.type === 'SubExpression') {
    visitMustache(param as unknown as hbs.AST.MustacheStatement, visit);
  } else resolve(param, visit);
}

function visitBlock(block: hbs.AST.BlockStatement, visit: Visit): void {
  const name = block.path.original as string;
  if (!blocks.includes(name)) visit.report(block, `no block helper "${name}"`);
  if (block.program.blockParams?.length) visit.report(block, 'block parameters are not used in templates');
  const [param] = block.params;
  const value = param && resolve(param, visit);
  const inner = name === 'each' && value ? elementOf(value) : name === 'with' ? value : undefined;
  if (name === 'each' && value && !inner) visit.report(block, 'each goes over what is no list');
  visitProgram(block.program, inner ? { ...visit, scopes: [...visit.scopes, inner] } : visit);
  visitProgram(block.inverse, visit);
}

/** The type that a path leads to; undefined, and reported, where it leads nowhere. */
function resolve(expression: hbs.AST.Expression, visit: Visit): z.ZodType | undefined {
  if (expression.type !== 'PathExpression') return undefined;
  const { depth, parts, data: isData, original } = expression as hbs.AST.PathExpression;
  if (isData && parts[0] !== 'root') {
    if (!data.includes(parts[0] ?? '')) visit.report(expression, `no data "${original}"`);
    return undefined;
  }
  const from = isData ? visit.scopes[0] : visit.scopes.at(-1 - depth);
  const path = isData ? parts.slice(1) : parts;
  if (from === visit.scopes[0] && path[0] === 'lists') visit.lists.add(path[1] ?? '');
  let type = from;
  for (const part of path) {
    type = type && memberOf(type, part);
    if (!type) {
      visit.report(expression, `no name "${original}"`);
      return undefined;
    }
  }
  return type;
}

function memberOf(type: z.ZodType, name: string): z.ZodType | undefined {
  const bare = unwrap(type);
  if (bare instanceof z.ZodArray && name === 'length') return z.number();
  return bare instanceof z.ZodObject ? (bare.shape[name] as z.ZodType | undefined) : undefined;
}

function elementOf(type: z.ZodType): z.ZodType | undefined {
  const bare = unwrap(type);
  return bare instanceof z.ZodArray ? (bare.element as z.ZodType) : undefined;
}

function unwrap(type: z.ZodType): z.ZodType {
  return type instanceof z.ZodNullable ? unwrap(type.unwrap() as z.ZodType) : type;
}
