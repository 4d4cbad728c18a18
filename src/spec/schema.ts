/** The spec's shape in zod: one source for the check of `msvc.yaml` and for its JSON Schema. */

import * as z from 'zod';
import type { CatalogIndex } from '../catalog/catalog.ts';
import { printJson } from '../json-text.ts';
import { defaultBreaker } from './defaults.ts';
import { choicesOf, type Group, groups } from './groups.ts';
import { kebabPattern, longest, type NameKind } from './identifier.ts';
import { mostSteps } from './saga.ts';
import { mostServices } from './services.ts';

const stepPattern = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*(?:\/[a-z][a-z0-9-]*)?!?$/;

// What is in `meta` is for editors: where it is checked, an error has a hint, too.
const name = (kind: NameKind) => z.string().meta({ pattern: kebabPattern.source, maxLength: longest[kind] });
const step = z.string().meta({ pattern: stepPattern.source });

/** The shape of a spec as a user may write it; the values of choices are what the catalog has. */
export function specSchema(catalog: CatalogIndex) {
  const values = (key: Group['specKey']) => {
    const group = groups.find(({ specKey }) => specKey === key) as Group;
    return choicesOf(group, catalog).map(({ value }) => value);
  };
  const service = z
    .strictObject({
      language: z.enum(catalog.languages).optional().describe('The language of its code'),
      calls: z.array(name('service')).optional().describe('Services that it calls'),
      channel: name('channel').optional().describe('Its channel, in place of its plural'),
    })
    .nullable();
  const saga = z.strictObject({
    name: name('saga').optional().describe('A verb and a noun, in kebab-case'),
    style: z.enum(values('saga')).optional().describe('How the steps are coordinated'),
    initiator: name('service')
      .optional()
      .describe('The service that starts it; by default the first one in no step'),
    steps: z
      .array(step)
      .meta({ maxItems: mostSteps })
      .optional()
      .describe(
        'service.action[/compensation][!]; ! marks the pivot, by default the last step with a compensation, else the first',
      ),
  });
  const breaker = z.strictObject({
    threshold: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(`Failures in a row that open it; ${defaultBreaker.threshold}`),
    resetTimeout: z.string().optional().describe(`How long it stays open; ${defaultBreaker.resetTimeout}`),
  });
  return z.strictObject({
    version: z.literal(1).optional().describe('Version of this format'),
    name: name('project').optional().describe('Name of the system'),
    services: z
      .record(name('service'), service)
      .meta({ maxProperties: mostServices })
      .optional()
      .describe('By name, in the order of their ports'),
    sync: z.enum(values('sync')).optional().describe('How services call each other'),
    broker: z.enum(values('broker')).optional().describe('What carries messages between services'),
    saga: z
      .union([z.literal('none'), saga])
      .optional()
      .describe('Work that spans services'),
    circuitBreaker: z
      .union([z.literal(false), breaker])
      .optional()
      .describe('Stops calling a service that keeps failing'),
    discovery: z
      .enum(values('discovery'))
      .optional()
      .describe('How a caller finds the instances of a service'),
  });
}

/** The JSON Schema of `msvc.yaml`, as the text of a file. */
export function specJsonSchema(catalog: CatalogIndex): string {
  return printJson({ ...z.toJSONSchema(specSchema(catalog)), title: 'msvc.yaml' });
}
