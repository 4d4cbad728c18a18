// Configuration comes from environment variables only. All of it is checked before anything starts, so that a
// mistake ends the process at boot and not in the middle of the night.
import { z } from 'zod';
import type { Duration } from './duration.ts';

/** Environment variables as they came; each part reads its own with `schema.parse(env)`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One or more variables are missing or wrong; `lines` has a sentence for each, without its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** A variable that holds a duration ('30s'). */
export const duration = () =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'expected a duration such as 800ms, 30s or 5m')
    .transform((value) => value as Duration);

/**
 * Checks `env` against all schemas together and returns it without empty variables, which count as missing.
 * Throws ConfigError with a line for every variable that is missing or wrong.
 */
export function loadEnv(schemas: readonly z.ZodObject[], env: Env): Env {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const lines = schemas.flatMap((schema) => {
    const issues = schema.safeParse(given).error?.issues ?? [];
    return issues.map(({ path, message }) => {
      const name = String(path[0]);
      const purpose = schema.shape[name]?.description;
      const about = purpose === undefined ? '' : ` (${purpose})`;
      if (given[name] === undefined) return `Environment variable ${name} is missing${about}`;
      return `Environment variable ${name} is wrong: ${message}${about}`;
    });
  });
  if (lines.length > 0) throw new ConfigError([...new Set(lines)]);
  return given;
}
