import type { Host } from '../lifecycle/index.ts';
import { CallError, type Endpoint, type Resolver, type ResolverOf } from '../rpc/index.ts';
import { createBalancer } from './balancer.ts';
import { type Follower, follow } from './follower.ts';
import { openRegistry, registryEnv } from './open.ts';
import { untilFound } from './probe.ts';
import type { Registry } from './registry.ts';

/** Finds the instances of a service in the registry of REGISTRY_URL and spreads the calls over them. */
export const registered: ResolverOf = (service, schemes): Resolver => {
  let balancer = createBalancer();
  let registry: Registry | undefined;
  let follower: Follower | undefined;
  let onEjected = () => {};
  let stopping = new AbortController();
  const sought = new Set<Endpoint>();

  async function seek(endpoint: Endpoint): Promise<void> {
    if (sought.has(endpoint)) return;
    sought.add(endpoint);
    const isWanted = () => balancer.isLost(endpoint);
    await untilFound(endpoint.url, { signal: stopping.signal, isWanted });
    sought.delete(endpoint);
    balancer.found(endpoint);
  }

  return {
    env: registryEnv.shape,
    async start({ env, log, metrics }: Host) {
      const labels = ['dependency'];
      const known = metrics.gauge('discovery_instances', 'Instances that calls can go to', labels);
      const ejections = metrics.counter(
        'discovery_ejections_total',
        'Instances left out for a while',
        labels,
      );
      balancer = createBalancer();
      stopping = new AbortController();
      onEjected = () => ejections.inc({ dependency: service });
      registry = openRegistry(env);
      follower = follow(service, {
        registry,
        log,
        urlsOf: ({ urls }) =>
          urls.filter((url) => URL.canParse(url) && schemes.includes(new URL(url).protocol.slice(0, -1))),
        onUrls: (urls) => {
          balancer.update(urls);
          known.set({ dependency: service }, balancer.urls().length);
        },
      });
    },
    health() {
      const reason = follower?.interrupted();
      if (!follower?.known()) return { status: 'down', reason: `waiting for the registry: ${reason}` };
      if (balancer.urls().length === 0)
        return { status: 'degraded', reason: `no instance of ${service} is known` };
      if (reason === undefined) return { status: 'up' };
      return { status: 'degraded', reason: `the instances of ${service} are as last known: ${reason}` };
    },
    pick(tried) {
      const endpoint = balancer.pick(tried);
      if (endpoint) return endpoint;
      // Nobody was asked, so it says nothing of how the service is.
      const nobody = { outcome: { kind: 'refused' }, sent: false, retryAfter: 1 } as const;
      throw new CallError('Unavailable', `${service}: no instance is known`, nobody);
    },
    report(endpoint, failure) {
      if (balancer.report(endpoint, failure)) onEjected();
      if (balancer.isLost(endpoint)) void seek(endpoint);
    },
    hasOther: (endpoint) => balancer.hasOther(endpoint),
    async stop() {
      stopping.abort();
      await follower?.stop();
      await registry?.close();
    },
  };
};
