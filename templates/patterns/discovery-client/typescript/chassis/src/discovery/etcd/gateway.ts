// etcd's HTTP JSON gateway: each method of its API is a POST, and numbers of 64 bits are texts in its answers.

const ANSWER_MS = 3_000;

export interface Gateway {
  /** Calls a method such as `/v3/kv/range`; another node is asked where one does not answer within a while. */
  call(path: string, request: object): Promise<Record<string, unknown>>;
  /** Calls a method that answers with many messages, until `signal` is aborted or the connection ends. */
  stream(path: string, request: object, signal: AbortSignal): AsyncGenerator<Record<string, unknown>>;
}

/**
 * The nodes of `etcd://one:2379,other:2379/path`, and the path without slashes around it.
 * @throws for a user: etcd is called without one
 */
export function parseUrl(url: string): { nodes: readonly string[]; path: string } {
  const [, scheme, hosts = '', path = ''] = /^(\w+):\/\/([^/]+)(?:\/(.*))?$/.exec(url) ?? [];
  const protocol = scheme === 'https' ? 'https' : 'http';
  const nodes = hosts.split(',').map((host) => new URL(`${protocol}://${host}`));
  if (nodes.some(({ username, password }) => username || password))
    throw new Error('REGISTRY_URL has a user or a password; etcd is called without them');
  for (const node of nodes) if (node.port === '' && scheme === 'etcd') node.port = '2379';
  return { nodes: nodes.map(({ origin }) => origin), path: path.replace(/\/+$/, '') };
}

/** A node that has not answered after `answerMs` is given up, each by itself. */
export function createGateway(nodes: readonly string[], answerMs = ANSWER_MS): Gateway {
  let current = 0;

  /** Tries each node once, from the one that answered last; `ask` gives up one that hangs. */
  async function tryEach<T>(signal: AbortSignal | undefined, ask: (node: string) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const _node of nodes) {
      try {
        return await ask(nodes[current % nodes.length] ?? '');
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
        current += 1;
      }
    }
    throw failure;
  }

  return {
    call: async (path, request) => {
      const text = await tryEach(undefined, async (node) => {
        const response = await post(node + path, request, AbortSignal.timeout(answerMs));
        return response.text();
      });
      return parse(text);
    },
    async *stream(path, request, signal) {
      const { body } = await tryEach(signal, async (node) => {
        // Only until it begins to answer: the answer itself goes on as long as it is wanted.
        const limit = new AbortController();
        const timer = setTimeout(() => limit.abort(new Error(`no answer from ${node}`)), answerMs);
        const ends = AbortSignal.any([signal, limit.signal]);
        return post(node + path, request, ends).finally(() => clearTimeout(timer));
      });
      if (!body) return;
      let text = '';
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        const lines = (text + chunk).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield parse(line);
      }
    },
  };
}

async function post(url: string, request: object, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(request), signal });
  if (!response.ok) throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
  return response;
}

/** Throws what a method of several answers reports as an error. */
function parse(text: string): Record<string, unknown> {
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (answer.error !== undefined) throw new Error(`etcd answered ${JSON.stringify(answer.error)}`);
  return answer;
}
