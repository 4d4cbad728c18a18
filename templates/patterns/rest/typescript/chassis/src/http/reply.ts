import type { ServerResponse } from 'node:http';
import type { Operation } from '../contract/index.ts';

/** A successful answer, as it is sent and as it is stored under an idempotency key. */
export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  /** JSON. */
  readonly body: string;
}

/** The answer that carries `output`; throws if that does not satisfy the operation's schema. Unknown keys are dropped. */
export function replyOf(operation: Operation, output: unknown): Reply {
  const valid = operation.output.parse(output);
  return {
    status: operation.status ?? 200,
    location: operation.location?.(valid),
    body: JSON.stringify(valid),
  };
}

export function sendReply(response: ServerResponse, { status, location, body }: Reply): void {
  if (location !== undefined) response.setHeader('Location', location);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
