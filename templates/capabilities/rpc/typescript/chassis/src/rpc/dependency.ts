// A called service: what all calls of it share, and what the host starts and stops.
import { milliseconds } from '../config/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { bulkhead } from './bulkhead.ts';
import type { Policy } from './policy.ts';
import { fromEnvironment } from './resolver.ts';
import { retryBudget } from './retry.ts';

export type Dependency = ReturnType<typeof dependency>;

/** A policy with its defaults; times in milliseconds. Throws when an attempt may outlast the call. */
export function dependency(service: string, policy: Policy) {
  const { protocol } = policy;
  const resolver = (policy.resolver ?? fromEnvironment)(service, protocol.schemes);
  const deadline = milliseconds(policy.deadline);
  const attempts = policy.retry?.attempts ?? 1;
  const timeout = policy.timeout ? milliseconds(policy.timeout) : deadline / attempts;
  // Such an attempt could never use its whole timeout, so that none would count for the breaker.
  if (timeout > deadline)
    throw new Error(`${service}: timeout ${timeout} ms exceeds deadline ${deadline} ms`);
  let observe = (_operation: string, _result: string, _seconds: number) => {};
  return {
    service,
    deadline,
    attempts,
    timeout,
    resolver,
    protocol,
    guard: policy.breaker,
    admit: bulkhead(service, policy.concurrency ?? 100),
    budget: retryBudget(),
    observe: (...measured: Parameters<typeof observe>) => observe(...measured),
    async start(host: Host): Promise<void> {
      const labels = ['dependency', 'operation', 'result'];
      const duration = host.metrics.histogram('rpc_client_seconds', 'Calls of other services', labels);
      observe = (operation, result, seconds) =>
        duration.observe({ dependency: service, operation, result }, seconds);
      policy.breaker?.attach({ name: service, log: host.log, metrics: host.metrics });
      await resolver.start(host);
    },
    async stop(): Promise<void> {
      await resolver.stop();
      protocol.close();
    },
  };
}
