// One operation as an Express handler. What does not depend on the request is settled when the service starts.
import { SpanStatusCode } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { deadlineOf, logFailure, perform, type Route, signalUntil } from '../edge/index.ts';
import { ServiceError } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { sendProblem } from '../lifecycle/problem.ts';
import { withSpan } from '../telemetry/index.ts';
import { DEADLINE_HEADER, inheritedDeadline } from './deadline.ts';
import { rawInput } from './input.ts';
import { problemOf } from './problem.ts';
import { sendOutput } from './reply.ts';

/** Express handler of the route: reads the input, calls the handler, answers with its output or a problem. */
export function serveRoute(service: Host, route: Route): RequestHandler {
  const host: Host = { ...service, log: service.log.child({ operation: route.name }) };
  const { method, path } = route.operation;
  const span = { kind: 'server', attributes: { 'http.request.method': method, 'http.route': path } } as const;

  return (request, response) =>
    withSpan(
      `${method} ${path}`,
      { ...span, traceparent: header(request, 'traceparent') },
      async (active) => {
        try {
          const output = await performRequest(host, route, { request, response });
          sendOutput(response, route.operation, output);
        } catch (error) {
          const problem = problemOf(error);
          if (problem.status >= 500) {
            logFailure(host.log, error, { status: problem.status, isAwaited: !response.closed });
            active.setStatus({ code: SpanStatusCode.ERROR });
          }
          sendProblem(response, problem);
        }
        active.setAttribute('http.response.status_code', response.statusCode);
      },
    );
}

function performRequest(
  host: Host,
  route: Route,
  { request, response }: { request: Request; response: Response },
): Promise<unknown> {
  const deadline = deadlineOf(inheritedDeadline(header(request, DEADLINE_HEADER)));
  const raw = rawInput(request);
  const { signal, abort, end } = signalUntil(deadline);
  const finish = () => {
    if (response.writableFinished) end();
    else abort(new ServiceError('Unavailable', 'The client has gone away'));
  };
  // What ran before this may have outlasted the client.
  if (response.closed) finish();
  else response.once('close', finish);
  return perform(host, route, { raw, key: header(request, 'idempotency-key'), deadline, signal });
}

const header = ({ headers }: Request, name: string) => headers[name] as string | undefined;
