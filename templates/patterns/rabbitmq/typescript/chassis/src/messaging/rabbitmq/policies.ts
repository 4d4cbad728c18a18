// What the broker must be told and the code cannot: a queue without a dead-letter exchange deletes silently
// what reaches its delivery limit (RabbitMQ 4: 20, also where nobody has set one). AMQP shows no policies, so
// this asks the management API: `?management=http://rabbitmq:15672` in the broker's URL, with the same user.
import type { Channel, TransportOptions } from '../transport.ts';
import { deadLetterQueueOf, queueOf } from './topology.ts';

const ANSWER_MS = 5_000;

export interface PolicyCheck {
  /** Throws unless every queue has an effective dead-letter exchange, and dead letters have no limit. */
  run(channels: readonly Channel[]): Promise<void>;
  /** Whether the broker could be asked and it has not passed yet. */
  failed(): boolean;
}

/** Once passed it is silent: coming back from an outage must not need the management API. */
export function policyCheck(broker: URL, log: TransportOptions['log']): PolicyCheck {
  let passed = false;
  let failed = false;
  const run = async (channels: readonly Channel[]) => {
    if (passed) return;
    if (!broker.searchParams.has('management')) {
      log.warn({}, 'BROKER_URL has no ?management=: nobody checks that queues have dead-letter exchanges');
      passed = true;
      return;
    }
    const response = await askForQueues(broker);
    failed = true;
    check(await effectivePolicies(response), channels);
    failed = false;
    passed = true;
  };
  return { run, failed: () => failed };
}

type Policy = Readonly<Record<string, unknown>>;

function check(policies: ReadonlyMap<string, Policy>, channels: readonly Channel[]): void {
  const remedy = 'Import infra/rabbitmq/definitions.json.';
  for (const channel of channels) {
    for (const group of channel.groups) {
      const queue = queueOf(channel, group);
      if (policies.get(queue)?.['dead-letter-exchange'] === undefined)
        throw new Error(`Queue "${queue}" has no dead-letter exchange. ${remedy}`);
      const deadLetters = deadLetterQueueOf({ channel: channel.name, group });
      if (policies.get(deadLetters)?.['delivery-limit'] !== -1)
        throw new Error(`Queue "${deadLetters}" has a delivery limit. ${remedy}`);
    }
  }
}

async function askForQueues(broker: URL): Promise<Response> {
  const vhost = broker.pathname.slice(1) || '%2F';
  const path = `/api/queues/${vhost}?columns=name,effective_policy_definition&disable_stats=true`;
  const url = new URL(path, broker.searchParams.get('management') ?? undefined);
  const basic = btoa(`${decodeURIComponent(broker.username)}:${decodeURIComponent(broker.password)}`);
  const signal = AbortSignal.timeout(ANSWER_MS);
  return fetch(url, { headers: { authorization: `Basic ${basic}` }, signal });
}

/** By queue. */
async function effectivePolicies(response: Response): Promise<Map<string, Policy>> {
  if (!response.ok) throw new Error(`The management API answered ${response.status}`);
  const queues = (await response.json()) as { name: string; effective_policy_definition: Policy }[];
  return new Map(queues.map((queue) => [queue.name, queue.effective_policy_definition]));
}
