// etcd's HTTP JSON gateway: each method of its API is a POST, and numbers of 64 bits are texts in its answers.

const ANSWER_MS = 3_000;

export interface Gateway {
  /** Calls a method such as `/v3/kv/range`; another node is asked where one does not answer. */
  call(path: string, request: object): Promise<Record<string, unknown>>;
  /** Calls a method that answers with many messages, until `signal` is aborted or the connection ends. */
  stream(path: string, request: object, signal: AbortSignal): AsyncGenerator<Record<string, unknown>>;
}

/** The nodes of `etcd://one:2379,other:2379/path`, and the path without slashes around it. */
export function parseUrl(url: string): { nodes: readonly string[]; path: string } {
  const [, scheme, hosts = '', path = ''] = /^(\w+):\/\/([^/]+)(?:\/(.*))?$/.exec(url) ?? [];
  const protocol = scheme === 'https' ? 'https' : 'http';
  const nodes = hosts.split(',').map((host) => new URL(`${protocol}://${host}`));
  for (const node of nodes) if (node.port === '' && scheme === 'etcd') node.port = '2379';
  return { nodes: nodes.map(({ origin }) => origin), path: path.replace(/\/+$/, '') };
}

export function createGateway(nodes: readonly string[]): Gateway {
  let current = 0;

  /** Tries each node once, from the one that answered last. */
  async function open(path: string, request: object, signal: AbortSignal): Promise<Response> {
    let failure: unknown;
    for (const _node of nodes) {
      try {
        const response = await fetch(`${nodes[current % nodes.length]}${path}`, {
          method: 'POST',
          body: JSON.stringify(request),
          signal,
        });
        if (response.ok) return response;
        throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
      } catch (error) {
        failure = error;
        current += 1;
      }
    }
    throw failure;
  }

  return {
    call: async (path, request) => {
      const limit = AbortSignal.timeout(ANSWER_MS * nodes.length);
      return parse(await (await open(path, request, limit)).text());
    },
    async *stream(path, request, signal) {
      const { body } = await open(path, request, signal);
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

/** Throws what a method of several answers reports as an error. */
function parse(text: string): Record<string, unknown> {
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (answer.error !== undefined) throw new Error(`etcd answered ${JSON.stringify(answer.error)}`);
  return answer;
}
