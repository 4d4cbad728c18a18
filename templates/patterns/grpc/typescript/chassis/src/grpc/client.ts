// gRPC between services: one channel for each address, balanced over all that its name resolves to. It retries nothing
// but what provably reached no server; deadlines and retries are the caller's.
import { setImmediate } from 'node:timers/promises';
import {
  type CallOptions,
  type Client,
  type ClientUnaryCall,
  connectivityState,
  Metadata,
  type MethodDefinition,
  type ServiceError as RpcError,
  status,
} from '@grpc/grpc-js';
import { type Attempt, CallError, type Outcome, type Protocol } from '../rpc/index.ts';
import { currentTraceparent } from '../telemetry/index.ts';
import { createChannels } from './channels.ts';
import { DETAILS_KEY, readDetails } from './details.ts';
import { methodOf, protoOf } from './proto.ts';
import { codeOf } from './status.ts';

/** gRPC over channels of its own, to `grpc://host:port` or with TLS `grpcs://host:port`. `protos`: folder of the protos. */
export function grpc({ protos }: { protos?: string } = {}): Protocol {
  const channels = createChannels();
  return {
    schemes: ['grpc', 'grpcs'],
    async send(attempt) {
      const method = methodOf(protoOf(attempt.service, protos), attempt.name);
      const send = method.responseStream ? page : unary;
      return channels.use(attempt.endpoint.url, (channel) => send(channel, method, attempt));
    },
    close: channels.close,
  };
}

type Method = MethodDefinition<object, object>;

function unary(channel: Client, method: Method, attempt: Attempt): Promise<object> {
  return new Promise((resolve, reject) => {
    const done = (error: RpcError | null, answer?: object) => {
      stop();
      if (error) void failure(error, { call, channel, attempt }).then(reject, reject);
      else resolve(answer ?? {});
    };
    const call = channel.makeUnaryRequest(...asked(method, attempt), done);
    const stop = cancelWith(attempt.signal, call);
  });
}

/** The first page of a stream: as many items as were asked for, then no more are taken. */
async function page(channel: Client, method: Method, attempt: Attempt): Promise<object> {
  const { pages = '', input: schema } = attempt.operation;
  const { limit = Infinity } = (schema.safeParse(attempt.input).data ?? {}) as { limit?: number };
  const call = channel.makeServerStreamRequest(...asked(method, attempt));
  const stop = cancelWith(attempt.signal, call);
  const items: object[] = [];
  try {
    for await (const item of call) {
      items.push(item);
      if (items.length >= limit) break;
    }
    return { [pages]: items };
  } catch (error) {
    throw await failure(error as RpcError, { call, channel, attempt });
  } finally {
    stop();
    call.cancel();
  }
}

/** What a channel needs to be told of any request. */
function asked(method: Method, { input, idempotencyKey, limit }: Attempt) {
  const { path, requestSerialize, responseDeserialize } = method;
  const metadata = new Metadata();
  const traceparent = currentTraceparent();
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  const request = { ...(input as object), ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  const options: CallOptions = { deadline: Date.now() + limit };
  return [path, requestSerialize, responseDeserialize, request, metadata, options] as const;
}

type Call = Pick<ClientUnaryCall, 'cancel' | 'getPeer'>;

function cancelWith(signal: AbortSignal | undefined, call: Call): () => void {
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel);
  return () => signal?.removeEventListener('abort', cancel);
}

interface Failed {
  readonly call: Call;
  readonly channel: Client;
  readonly attempt: Attempt;
}

/** What grpc-js says of a call whose connection broke, its own or that of a proxy; no server says it. */
const BROKEN = /^Connection dropped$|ECONNRESET|ETIMEDOUT|^Received HTTP status code 502$/;

/** What grpc-js and others say, with RESOURCE_EXHAUSTED, of a message over the limit: asked again it is as large. */
const TOO_LARGE = /larger than/;

async function failure(error: RpcError, { call, channel, attempt }: Failed): Promise<CallError> {
  const { label, signal, full } = attempt;
  // Until a call is given to a connection its peer is the channel's own target.
  const sent = call.getPeer() !== channel.getChannel().getTarget();
  const isUnavailable = error.code === status.UNAVAILABLE;
  const isBroken = isUnavailable && BROKEN.test(error.details);
  const outcome: Outcome = signal?.aborted
    ? { kind: 'cancelled' }
    : isBroken || (isUnavailable && !sent)
      ? { kind: 'connection' }
      : { kind: 'grpc', code: status[error.code] ?? 'UNKNOWN', full };
  const message = outcome.kind === 'cancelled' ? `${label}: cancelled by the caller` : error.details;
  const code = TOO_LARGE.test(error.details) ? 'Internal' : codeOf(error.code);
  const failed = new CallError(code, message || `${label} answered ${status[error.code]}`, {
    outcome,
    sent,
    cause: error,
    ...readDetails(error.metadata?.get(DETAILS_KEY)[0]),
  });
  if (isBroken) {
    await setImmediate(); // The channel learns of it after its calls.
    const state = channel.getChannel().getConnectivityState(false);
    // Ready without that connection: the name has other addresses.
    failed.isOfOneInstance = state === connectivityState.READY;
  }
  return failed;
}
