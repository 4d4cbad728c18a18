// One operation as an Express handler. What does not depend on the request is settled when the service starts.
import { SpanStatusCode } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import type { Operation, OperationHandler } from '../contract/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { withSpan } from '../telemetry/index.ts';
import { contextOf, deadlineOf } from './context.ts';
import { findReply, keyedRequest } from './idempotency.ts';
import { rawInput, validInput } from './input.ts';
import { problemOf, sendProblem } from './problem.ts';
import { type Reply, replyOf, sendReply } from './reply.ts';

export interface Route {
  readonly name: string;
  readonly operation: Operation;
  readonly handler: OperationHandler<unknown, unknown>;
}

/** Express handler of the route: reads the input, calls the handler, answers with its output or a problem. */
export function serveRoute(service: Host, route: Route): RequestHandler {
  const host: Host = { ...service, log: service.log.child({ operation: route.name }) };
  const { method, path } = route.operation;
  const span = { kind: 'server', attributes: { 'http.request.method': method, 'http.route': path } } as const;

  return (request, response) =>
    withSpan(`${method} ${path}`, { ...span, traceparent: traceparentOf(request) }, async (active) => {
      try {
        sendReply(response, await perform(host, route, { request, response }));
      } catch (error) {
        const problem = problemOf(error);
        if (problem.status >= 500) {
          host.log.error({ status: problem.status, err: error }, 'request failed');
          active.setStatus({ code: SpanStatusCode.ERROR });
        }
        sendProblem(response, problem);
      }
      active.setAttribute('http.response.status_code', response.statusCode);
    });
}

async function perform(
  host: Host,
  { operation, handler }: Route,
  { request, response }: { request: Request; response: Response },
): Promise<Reply> {
  const deadline = deadlineOf(request.headers);
  const raw = rawInput(request);
  const input = validInput(operation, raw);
  const keyed = operation.idempotencyKey ? keyedRequest(request, raw) : undefined;
  const earlier = keyed && (await findReply(host.db, keyed));
  if (earlier) return earlier;

  const { context, stored } = contextOf({ host, operation, keyed, deadline, response });
  const output = await handler(input, context);
  if (!keyed) return replyOf(operation, output);
  const reply = stored();
  if (!reply) throw new Error('An operation with idempotencyKey has to use context.transaction');
  return reply;
}

const traceparentOf = ({ headers }: Request) => headers.traceparent as string | undefined;
