import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet, { type HelmetOptions } from 'helmet';
import type { Served } from '../contract/index.ts';
import { logFailure, type Route, routesOf } from '../edge/index.ts';
import { notFound, ServiceError } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { sendProblem } from '../lifecycle/problem.ts';
import { readBody } from './input.ts';
import { problemOf } from './problem.ts';
import { serveRoute } from './route.ts';

export interface AppOptions {
  readonly routes: readonly Served[];
  /** Run before every operation, in this order; one that passes a ServiceError to `next` refuses the request. */
  readonly before: readonly RequestHandler[];
  /** Requests a minute from one address. */
  readonly rateLimit: number;
  /** Which proxies' X-Forwarded-For is believed; Express's `trust proxy`. */
  readonly trustProxy: string | undefined;
}

const WINDOW_S = 60;

// What is of use to a client that is no page: nothing in an answer may be run, framed or embedded elsewhere.
const HEADERS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xPoweredBy: false,
  xXssProtection: false,
};

/** The Express application that serves the operations. */
export function createApp(
  host: Host,
  options: AppOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  if (options.trustProxy !== undefined) app.set('trust proxy', options.trustProxy);
  app.use(helmet(HEADERS), limitRate(options.rateLimit), ...options.before);
  const routes = options.routes.flatMap(routesOf);
  for (const route of routes) register(app, host, route);
  for (const path of new Set(routes.map(({ operation }) => operation.path))) {
    app.all(path, refuseMethod(routes.filter(({ operation }) => operation.path === path)));
  }
  app.use((_request, _response, next) => next(notFound('No such resource')));
  app.use(answerError(host));
  return measured(host, app);
}

function register(app: Express, host: Host, route: Route): void {
  const { method, path } = route.operation;
  const handle = serveRoute(host, route);
  if (method === 'GET') app.get(path, handle);
  else if (method === 'DELETE') app.delete(path, handle);
  else app[method === 'POST' ? 'post' : 'put'](path, readBody, handle);
}

/** Counts the requests of each address in windows of a minute. */
function limitRate(limit: number): RequestHandler {
  const counts = new Map<string, number>();
  setInterval(() => counts.clear(), WINDOW_S * 1_000).unref();
  return (request, _response, next) => {
    const address = request.ip ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    if (count <= limit) next();
    else next(new ServiceError('TooManyRequests', 'Too many requests', { retryAfter: WINDOW_S }));
  };
}

function refuseMethod(routes: readonly Route[]): RequestHandler {
  const methods = routes.map(({ operation }) => operation.method);
  const allow = (methods.includes('GET') ? [...methods, 'HEAD'] : methods).join(', ');
  return (_request, response) => {
    response.setHeader('Allow', allow);
    sendProblem(response, { status: 405, error: 'Method not allowed' });
  };
}

// Errors outside of any operation: a malformed body or path, a refusal by `before`.
function answerError(host: Host): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logFailure(host.log, error, problem);
    sendProblem(response, problem);
  };
}

/** Counts and times every request by the template of its route, whatever answered it. */
function measured(host: Host, app: Express): (request: IncomingMessage, response: ServerResponse) => void {
  const duration = host.metrics.histogram('http_request_duration_seconds', 'Requests by route and status', [
    'method',
    'route',
    'status',
  ]);
  return (request, response) => {
    const startedAt = performance.now();
    response.on('close', () => {
      const route = (request as { route?: { path: string } }).route?.path ?? 'none';
      // The client went away before it had the answer (nginx's code for that).
      const status = response.writableFinished ? response.statusCode : 499;
      const seconds = (performance.now() - startedAt) / 1_000;
      duration.observe({ method: request.method ?? '', route, status: String(status) }, seconds);
    });
    app(request, response);
  };
}
