// PostgreSQL has no place for a NUL character, neither in text nor in jsonb.

/** The text as it can be kept. */
export const keepable = (text: string): string => text.replaceAll('\0', '\\0');

/** Where the value has text that cannot be kept, such as `lines.0.note`; undefined when all of it can be. */
export function unkeepable(value: unknown): string | undefined {
  return pathOfNul(value)?.join('.');
}

function pathOfNul(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.includes('\0') ? [] : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const path = name.includes('\0') ? [] : pathOfNul(inner);
    if (path) return [keepable(name), ...path];
  }
  return undefined;
}
