import { invalidArgument } from '../errors/index.ts';

/**
 * The path of a resource, and what of the input is not in it. Throws InvalidArgument for an empty parameter: it would
 * address another resource.
 */
export function fillPath(template: string, input: unknown): { path: string; rest: Record<string, unknown> } {
  const rest: Record<string, unknown> = { ...(input as object) };
  const path = template.replace(/:(\w+)/g, (_match, name: string) => {
    const value = String(rest[name] ?? '');
    if (value === '') throw invalidArgument(`${name} is empty`, [{ path: name, message: 'is empty' }]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  return { path, rest };
}
