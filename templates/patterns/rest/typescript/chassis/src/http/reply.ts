import type { ServerResponse } from 'node:http';
import type { Operation } from '../contract/index.ts';

/** Answers with the operation's output, which its schema has been applied to. */
export function sendOutput(response: ServerResponse, operation: Operation, output: unknown): void {
  const body = JSON.stringify(output);
  const location = operation.location?.(output);
  if (location !== undefined) response.setHeader('Location', location);
  response.writeHead(operation.status ?? 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
