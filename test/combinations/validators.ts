/** Looks at the documents of generated systems with the validators of those who define the formats. */

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../e2e/commands.ts';
import type { System, Workspace } from './workspace.ts';

/** A document of a system, and of no system before it. */
export interface Document {
  readonly path: string;
  readonly content: string;
  readonly system: System;
}

/** The documents at paths of a pattern; of equal ones the first. */
export function documentsAt(pattern: RegExp, systems: readonly System[]): readonly Document[] {
  const found = new Map<string, Document>();
  for (const system of systems) {
    for (const [path, { content }] of system.tree) {
      const key = `${path} ${content}`;
      if (pattern.test(path) && !found.has(key)) found.set(key, { path, content, system });
    }
  }
  return [...found.values()];
}

/** @returns what is wrong, a line each, with the system and the path in front */
export type Validate = (document: Document) => Promise<readonly string[]>;

export async function openApiValidator({ root }: Workspace): Promise<Validate> {
  const { Validator } = await importFrom(root, '@seriousme/openapi-schema-validator');
  return async ({ content }) => {
    const { valid, errors } = await new Validator().validate(JSON.parse(content));
    return valid ? [] : [JSON.stringify(errors)];
  };
}

export async function asyncApiValidator({ root }: Workspace): Promise<Validate> {
  const { Parser } = createRequire(join(root, 'package.json'))('@asyncapi/parser');
  const parser = new Parser();
  return async ({ content }) => {
    const { document, diagnostics } = await parser.parse(content);
    // 0 is an error; the others are advice.
    const errors = (diagnostics as { severity: number; message: string }[]).filter(
      ({ severity }) => severity === 0,
    );
    return document
      ? errors.map(({ message }) => message)
      : ['not read', ...errors.map(({ message }) => message)];
  };
}

/** Docker Compose itself, with a value for every variable that has to be set. */
export const validateCompose: Validate = async ({ path, system }) => {
  const example = system.tree.get('.env.example')?.content ?? '';
  const file = join(system.folder, '.env.validated');
  writeFileSync(file, example.replaceAll('<secret>', 'secret'));
  const args = ['compose', '--env-file', file, '--file', path, 'config', '--quiet'];
  const { code, output } = await run('docker', args, { cwd: system.folder });
  return code === 0 && output.trim() === '' ? [] : [output];
};

/** `buf lint` in the folder of each `buf.yaml`. */
export const lintProtos: Validate = async ({ path, system }) => {
  const { code, output } = await run('npx', ['buf', 'lint'], { cwd: join(system.folder, dirname(path)) });
  return code === 0 ? [] : [output];
};

async function importFrom(root: string, name: string) {
  return import(pathToFileURL(createRequire(join(root, 'package.json')).resolve(name)).href);
}
