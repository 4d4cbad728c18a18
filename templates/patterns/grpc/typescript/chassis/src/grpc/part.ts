import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerOptions, status } from '@grpc/grpc-js';
import { z } from 'zod';
import { duration, milliseconds } from '../config/index.ts';
import type { Served } from '../contract/index.ts';
import { edgeMigrations, startKeyPurge } from '../edge/index.ts';
import type { Edge, Host, Part } from '../lifecycle/part.ts';
import { OpenCalls } from './calls.ts';
import { healthOf, healthProto } from './health.ts';
import { CONNECTION_GRACE_MS, LARGEST_MESSAGE } from './limits.ts';
import type { Check, MethodHost } from './method.ts';
import { protoOf } from './proto.ts';
import { addReflection } from './reflection.ts';
import { implementation } from './service.ts';
import { Ended } from './status.ts';

// How long calls in hand are waited for at the end, and then their last answers on the way out.
const DRAIN_MS = 10_000;
const LAST_ANSWERS_MS = 2_000;

const TLS = ['GRPC_TLS_CERT', 'GRPC_TLS_KEY'] as const;

const variables = z.object({
  GRPC_PORT: z.coerce.number().int().min(0).max(65_535).default(4000).describe('port of gRPC'),
  // So that new instances get their share of the clients; calls in hand are finished.
  GRPC_CONNECTION_AGE: duration()
    .default('5m')
    .describe('how old a connection of gRPC grows before its client is to connect anew'),
  GRPC_TLS_CERT: z.string().optional().describe('file of the certificate; with it gRPC speaks TLS'),
  GRPC_TLS_KEY: z.string().optional().describe('file of its private key'),
});

// With one of the two there would be no TLS, and nobody would notice.
const env = variables.superRefine((values, context) => {
  const missing = TLS.filter((name) => !values[name]);
  if (missing.length === 1) context.addIssue({ code: 'custom', path: missing, message: 'is missing' });
});

export interface GrpcOptions {
  readonly routes: readonly Served[];
  /**
   * Run before every operation, in this order. This is the place for authentication, which is not there: check the
   * credentials, and refuse a call by throwing a ServiceError.
   */
  readonly before?: readonly Check[];
  /** Folder of the protos, `contracts/proto` by default. */
  readonly protos?: string;
}

/** Serves operations over gRPC, with health, and in development with reflection. */
export function grpcServer({ routes, before = [], protos }: GrpcOptions): Part {
  return {
    name: 'grpc',
    env,
    migrations: [edgeMigrations],
    async start(host) {
      const served = routes.map((one) => ({ one, proto: protoOf(one.api.service, protos) }));
      const open = new OpenCalls();
      const server = new Server(optionsOf(host));
      const methodHost: MethodHost = { ...host, open, before, duration: durationOf(host) };
      for (const { one, proto } of served) {
        server.addService(proto.definition, implementation(methodHost, one, proto));
      }
      const health = healthOf(
        host,
        served.map(({ proto }) => proto.name),
      );
      health.addTo(server);
      if (host.env.NODE_ENV === 'development')
        addReflection(server, [...served.map(({ proto }) => proto.file), healthProto]);
      const edge = await bind(server, host);
      health.start();
      const stopPurge = startKeyPurge(host);
      return {
        edge,
        async leave() {
          health.stop();
        },
        drain: () => drain(server, open),
        async stop() {
          server.forceShutdown();
          await stopPurge();
        },
      };
    },
  };
}

function optionsOf({ env: given }: Host): ServerOptions {
  return {
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_send_message_length': LARGEST_MESSAGE,
    'grpc.max_connection_age_ms': milliseconds(env.parse(given).GRPC_CONNECTION_AGE),
    'grpc.max_connection_age_grace_ms': CONNECTION_GRACE_MS,
  };
}

const durationOf = ({ metrics }: Host) =>
  metrics.histogram('grpc_server_seconds', 'Calls by method and status', ['method', 'status']);

/** As with HTTP: elsewhere than in production nobody but this machine is let in. */
async function bind(server: Server, { env: given }: Host): Promise<Edge> {
  const { GRPC_PORT, GRPC_TLS_CERT, GRPC_TLS_KEY } = env.parse(given);
  const secure = GRPC_TLS_CERT && GRPC_TLS_KEY ? await tls(GRPC_TLS_CERT, GRPC_TLS_KEY) : undefined;
  const credentials = secure ?? ServerCredentials.createInsecure();
  const listen = (host: string) =>
    promisify(server.bindAsync.bind(server))(`${host}:${GRPC_PORT}`, credentials);
  const { BIND_ADDRESS, NODE_ENV } = given;
  const host = BIND_ADDRESS ?? (NODE_ENV === 'production' ? undefined : '127.0.0.1');
  // Both families, where the machine has both.
  const port = await (host === undefined
    ? listen('[::]').catch(() => listen('0.0.0.0'))
    : listen(isIPv6(host) ? `[${host}]` : host));
  return { scheme: secure ? 'grpcs' : 'grpc', port };
}

async function tls(cert: string, key: string): Promise<ServerCredentials> {
  const pair = { cert_chain: await readFile(cert), private_key: await readFile(key) };
  return ServerCredentials.createSsl(null, [pair]);
}

/**
 * Takes no new calls and finishes those in hand. What is watched, and what is still open after the limit, is told to go
 * elsewhere; streams of health and reflection, which their clients keep open, are cut off.
 */
async function drain(server: Server, open: OpenCalls): Promise<void> {
  const leaving = new Ended(status.UNAVAILABLE, 'This instance is going away');
  const closed = promisify(server.tryShutdown.bind(server))();
  open.abort(leaving, ({ endless }) => endless);
  const limit = setTimeout(() => open.abort(leaving), DRAIN_MS);
  await open.none();
  clearTimeout(limit);
  const force = setTimeout(() => server.forceShutdown(), LAST_ANSWERS_MS);
  await closed;
  clearTimeout(force);
}
