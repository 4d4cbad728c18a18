// Where a dependency is to be found. The default reads one address from the environment; discovery brings
// another Resolver, and no call site changes.
import { z } from 'zod';
import type { Health, Host } from '../lifecycle/part.ts';
import type { Outcome } from './guard.ts';

/** One instance, or what stands before all of them. */
export interface Endpoint {
  readonly url: URL;
}

export interface Resolver {
  /** Environment variables it needs. */
  readonly env: z.ZodRawShape;
  /**
   * Called once, before the first `pick`. It waits for no other process: what `pick` still lacks is told by `health`.
   */
  start(host: Host): Promise<void>;
  /** `down` while it has yet to learn where calls may go: until then the service is not ready. */
  health?(): Health;
  /**
   * Chooses from what is known already: it waits for nothing, so that it takes none of a call's time.
   * Prefers an endpoint that is not in `tried`, those of earlier attempts of the same call.
   * Throws ServiceError Unavailable when none is known.
   */
  pick(tried: readonly Endpoint[]): Endpoint;
  /** Told once how each attempt ended; `failure` is undefined after a success. */
  report(endpoint: Endpoint, failure: Outcome | undefined): void;
  /** Whether after this failure others go on: another endpoint is in use that has not failed since its last success. */
  hasOther?(endpoint: Endpoint, failure: Outcome): boolean;
  stop(): Promise<void>;
}

/** Makes the Resolver of one called service; the addresses that it gives have one of the `schemes`. */
export type ResolverOf = (service: string, schemes: readonly string[]) => Resolver;

/** Takes the address of service `price-list` from PRICE_LIST_URL; it has one of the `schemes`. */
export function fromEnvironment(service: string, schemes: readonly string[]): Resolver {
  const variable = `${service.toUpperCase().replaceAll('-', '_')}_URL`;
  const expected = schemes.map((scheme) => `${scheme}://`).join(' or ');
  let endpoint: Endpoint | undefined;
  return {
    env: {
      [variable]: z.url({
        protocol: new RegExp(`^(${schemes.join('|')})$`),
        error: `expected a URL ${expected}`,
      }),
    },
    async start({ env }) {
      endpoint = { url: new URL(env[variable] ?? '') };
    },
    pick() {
      if (!endpoint) throw new Error(`The client of "${service}" is not started: list it in calls([...])`);
      return endpoint;
    },
    report() {},
    async stop() {},
  };
}
