// An operation and its input as an HTTP request. Parameters of the path are taken from the input; what is
// left of it is the query of a GET or DELETE and the JSON body of the others.
import type { Operation } from '../../contract/index.ts';
import { fillPath } from '../../edge/index.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly body: string | undefined;
}

/** Throws InvalidArgument for an empty path parameter. */
export function toRequest(operation: Operation, input: unknown): HttpRequest {
  const { path, rest } = fillPath(operation.path, input);
  if (operation.method === 'POST' || operation.method === 'PUT')
    return { method: operation.method, path, body: JSON.stringify(rest) };
  const query = toQuery(rest);
  return { method: operation.method, path: query ? `${path}?${query}` : path, body: undefined };
}

function toQuery(values: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) query.append(name, String(one));
  }
  return query.toString();
}
