// What the modules in contracts/src declare. Modules are found, not listed: a new one is described without a line here.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Api, MessageType } from '@app/chassis/contract';

export interface Contracts {
  /** Of the package, where the documents are too. */
  readonly folder: string;
  /** Of the package. */
  readonly version: string;
  readonly apis: readonly Api[];
  readonly messages: readonly MessageType[];
}

/** Path in contracts/ -> document: a text, or what is printed as JSON. */
export type Documents = Readonly<Record<string, object | string>>;

/** One way to describe contracts. */
export type Description = (contracts: Contracts) => Documents;

/** Every API and message that a module of the package in `folder` exports. */
export async function readContracts(folder: string): Promise<Contracts> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(join(folder, 'src'))).filter((name) => name.endsWith('.ts')).sort();
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(join(folder, 'src', file)).href) as Promise<object>),
  );
  // What a module exports again is declared once.
  const exported = [...new Set(modules.flatMap((module) => Object.values(module)))];
  return { folder, version, apis: exported.filter(isApi), messages: exported.filter(isMessage) };
}

function isApi(value: unknown): value is Api {
  return typeof value === 'object' && value !== null && 'service' in value && 'operations' in value;
}

function isMessage(value: unknown): value is MessageType {
  return typeof value === 'function' && 'kind' in value && 'schema' in value;
}
