import { z } from 'zod';
import { registries } from './registries.ts';
import type { Registry } from './registry.ts';

// Not parsed as a URL: a registry of several nodes has several hosts in it.
const schemeOf = (url: string) => /^[a-z]+:(?=\/\/)/.exec(url)?.[0] ?? '';

const known = Object.keys(registries).map((scheme) => `${scheme}//`);

/** The variable that names the registry. */
export const registryEnv = z.object({
  REGISTRY_URL: z
    .string()
    .refine((url) => schemeOf(url) in registries, `expected ${known.join(' or ')}`)
    .describe('where instances are listed'),
});

/** The registry of REGISTRY_URL; nothing is connected yet. */
export function openRegistry(env: Readonly<Record<string, string | undefined>>): Registry {
  const { REGISTRY_URL: url } = registryEnv.parse(env);
  const registry = registries[schemeOf(url)];
  if (!registry) throw new Error('REGISTRY_URL has an unknown scheme');
  return registry(url);
}
