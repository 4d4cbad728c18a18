// Keeps this instance listed while it is ready to work, and takes it off the list first when it stops.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host, Part, Presence, RunningPart } from '../lifecycle/index.ts';
import { about, fullJitter, pause } from '../waiting/index.ts';
import { addressEnv, advertisedHost } from './address.ts';
import { BACKOFF, reasonOf } from './failures.ts';
import { openRegistry, registryEnv } from './open.ts';
import { type Instance, type Registry, TTL_SECONDS } from './registry.ts';

/** Two renewals may fail before the listing runs out. */
const RENEW_MS = (TTL_SECONDS * 1_000) / 3;
/** Until it is ready. */
const POLL_MS = 100;
/** Stopping waits no longer for a registry that does not answer: the listing then runs out by itself. */
const WITHDRAW_MS = 2_000;

/** Lists this instance in the registry of REGISTRY_URL. */
export function registration(): Part {
  return {
    name: 'registration',
    env: registryEnv.extend(addressEnv.shape),
    start: async (host) => start(host),
  };
}

function start(host: Host): RunningPart {
  const { service, env, log } = host;
  const registry = openRegistry(env);
  const address = advertisedHost(env);
  const stopping = new AbortController();
  const id = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const keeper: Keeper = { reason: 'not ready yet', wasListed: false };
  let instance: Instance | undefined;
  let kept: Promise<void> | undefined;
  return {
    join: (presence) => {
      const urls = presence.edges.map(({ scheme, port }) => `${scheme}://${address}:${port}`);
      instance = { service, id, urls };
      kept = keepListed(instance, { registry, presence, host, keeper, signal: stopping.signal });
    },
    health: () =>
      keeper.reason === undefined
        ? { status: 'up' }
        : {
            status: keeper.wasListed ? 'degraded' : 'down',
            reason: `not listed in the registry: ${keeper.reason}`,
          },
    leave: async () => {
      stopping.abort();
      // An announcement that is under way ends first: it would undo the withdrawal.
      const withdrawn = kept?.then(() => instance && registry.withdraw(instance));
      await Promise.race([withdrawn, sleep(WITHDRAW_MS, undefined, { ref: false })]).catch((error) =>
        log.warn({ error: reasonOf(error) }, 'not taken off the registry'),
      );
    },
    stop: () => registry.close(),
  };
}

interface Keeper {
  /** Why the instance is not listed. */
  reason: string | undefined;
  /** Callers find it, or have it in a list that they keep: before, nobody could call it. */
  wasListed: boolean;
}

interface Keeping {
  readonly registry: Registry;
  readonly presence: Presence;
  readonly host: Host;
  readonly keeper: Keeper;
  readonly signal: AbortSignal;
}

/** One that is not ready is not renewed: if that lasts, its listing runs out. */
async function keepListed(instance: Instance, { registry, presence, host, keeper, signal }: Keeping) {
  const { log, metrics } = host;
  const listed = metrics.gauge('registry_listed', 'Whether this instance is listed in the registry');
  for (let failures = 0; !signal.aborted; ) {
    try {
      if (!(await presence.ready())) {
        keeper.reason ??= 'not ready';
        listed.set({}, 0);
        await pause(POLL_MS, signal);
        continue;
      }
      await registry.announce(instance);
      if (keeper.reason !== undefined) log.info({ urls: instance.urls }, 'listed in the registry');
      keeper.reason = undefined;
      keeper.wasListed = true;
      failures = 0;
      listed.set({}, 1);
      await pause(about(RENEW_MS), signal);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== keeper.reason)
        log.warn({ error: reason }, 'cannot be listed in the registry, trying again');
      keeper.reason = reason;
      listed.set({}, 0);
      await pause(fullJitter(failures++, BACKOFF), signal);
    }
  }
}
