// One HTTP exchange on node:http. It is used rather than fetch because it tells whether a connection stood
// when an error came: the proof that nothing was sent.
import { setMaxListeners } from 'node:events';
import {
  type Agent,
  type ClientRequest,
  request as http,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as https } from 'node:https';
import { type Attempt, CallError, type Outcome } from '../../rpc/index.ts';
import type { HttpRequest } from './request.ts';

/** Bytes; longer answers are refused. */
const LARGEST_ANSWER = 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Fail = (outcome: Outcome, message: string, cause?: unknown) => void;

/** Sends the request and reads the whole answer within `attempt.limit`; rejects with CallError. */
export function exchange(
  { method, path, body }: HttpRequest,
  { label, endpoint: { url }, limit, full, signal }: Attempt,
  { agent, headers }: { agent: Agent; headers: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? https : http;
    const request = open(url, { method, path: basePath(url) + path, headers, agent });
    const wasSent = watchSending(request);
    let settled = false;
    const settle = (end: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      end();
    };
    const fail: Fail = (outcome, message, cause) =>
      settle(() => {
        const code = CODES[outcome.kind] ?? 'Unavailable';
        reject(new CallError(code, `${label}: ${message}`, { outcome, sent: wasSent(), cause }));
        request.destroy();
      });
    const onAbort = () => fail({ kind: 'cancelled' }, 'cancelled by the caller', signal?.reason);
    const onTimeout = () => fail({ kind: 'timeout', full }, `no answer in ${Math.round(limit)} ms`);
    // An answer that came while this process was busy is read first: its delay is not the dependency's.
    const timer = setTimeout(() => setImmediate(onTimeout), limit);
    // One signal may serve many calls at a time.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', onAbort);
    request.on('error', (error) => fail(...lost(error)));
    request.once('response', (response) =>
      collect(response, (answer) => settle(() => resolve(answer)), fail),
    );
    request.end(body);
  });
}

const CODES: { readonly [kind in Outcome['kind']]?: 'DeadlineExceeded' | 'Internal' } = {
  timeout: 'DeadlineExceeded',
  oversize: 'Internal',
};

/** Tells whether bytes can have left. A reused connection proves nothing: they are written at once. */
function watchSending(request: ClientRequest): () => boolean {
  let sent = false;
  const sending = () => {
    sent = true;
  };
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', sending);
    else sending();
  });
  return () => sent;
}

function collect(response: IncomingMessage, done: (answer: Answer) => void, fail: Fail): void {
  const chunks: Buffer[] = [];
  let length = 0;
  response.on('error', (error) => fail(...lost(error)));
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > LARGEST_ANSWER) fail({ kind: 'oversize' }, `the answer exceeds ${LARGEST_ANSWER} bytes`);
    else chunks.push(chunk);
  });
  response.once('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    done({ status: response.statusCode ?? 0, headers: response.headers, body });
  });
}

/** Several failed addresses of one name come as an AggregateError without a message. */
function lost(error: Error & { code?: string }): Parameters<Fail> {
  return [{ kind: 'connection' }, error.message || error.code || 'no connection', error];
}

/** Joins addresses like http://proxy/scores with the operation's path. */
function basePath({ pathname }: URL): string {
  return pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
}
