/** The shape of the JSON files in `templates/`. Keys that are not named here are mistakes. */

import * as z from 'zod';

const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be kebab-case');
const line = z
  .string()
  .min(1)
  .max(160)
  .regex(/^[^\n]*$/, 'must be one line');
const names = z.array(z.string()).default([]);

/** The other keys are the entry's fields, each a text or a template. */
const listEntry = z
  .object({ order: z.number().int().optional(), when: z.string().optional(), service: id.optional() })
  .catchall(z.string());

const packages = z
  .strictObject({ root: names, chassis: names, contracts: names, service: names })
  .partial()
  .default({});

const section = z.strictObject({
  lists: z.record(z.string(), z.array(listEntry)).default({}),
  dependencies: packages,
  devDependencies: packages,
});

/** Keys that every source has. Further keys are the sections of its languages. */
const common = {
  id,
  title: line,
  provides: z.array(id).default([]),
  requires: z.array(id).default([]),
  once: names,
  merge: names,
  executable: names,
  declares: z.record(z.string(), z.array(z.string().regex(/^[a-zA-Z]+\??$/))).default({}),
  lists: section.shape.lists,
};

const pascal = z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'must be PascalCase');
const role = z.enum(['initiator', 'participant', 'resource']);

const sample = {
  services: z.record(id, z.strictObject({ role, calls: z.array(id).default([]) })),
  saga: z
    .strictObject({ name: id, initiator: id, steps: z.array(z.string()).min(1) })
    .nullable()
    .default(null),
  started: pascal.optional(),
  names: z
    .record(
      z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'must be service.action'),
      z.strictObject({
        command: pascal,
        done: pascal,
        refused: pascal.optional(),
        compensation: pascal.optional(),
        undone: pascal.optional(),
      }),
    )
    .default({}),
};

/** One schema per kind of source; `languages` are the names of the sections it may have. */
export function sourceSchemas(languages: readonly string[]) {
  const sections = Object.fromEntries(languages.map((language) => [language, section.optional()]));
  return {
    base: z.strictObject({ ...common, ...sections }),
    language: z.strictObject({ ...common, ...sections }),
    capability: z.strictObject({ ...common, ...sections }),
    pattern: z.strictObject({ ...common, group: id, when: line, cost: line, ...sections }),
    sample: z.strictObject({ ...common, ...sample, ...sections }),
  };
}

/** `images.json`: name to image with its tag. */
export const imagesSchema = z.record(
  z.string(),
  z.string().regex(/^[a-z0-9./-]+:[\w.-]+$/, 'must be an image with a tag'),
);

/** `versions.json`: package name to exact version. */
export const versionsSchema = z.record(
  z.string(),
  z.string().regex(/^\d+\.\d+\.\d+/, 'must be an exact version'),
);
