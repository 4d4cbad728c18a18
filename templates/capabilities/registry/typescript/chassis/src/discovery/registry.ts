// The port between discovery and what keeps the list of instances. An adapter speaks to one kind of registry and
// does each thing once; that it is done again and again, and what holds meanwhile, is decided outside of it.

/** How long an instance is listed after it was last announced, by the registry's clock. */
export const TTL_SECONDS = 10;

/** One process of a service. */
export interface Instance {
  readonly service: string;
  /** No other process ever has it. */
  readonly id: string;
  /** Where it takes requests in: one URL for each protocol. */
  readonly urls: readonly string[];
}

export interface Follow {
  /** Gets all instances that are listed: at first, and after each change. */
  readonly onList: (instances: readonly Instance[]) => void;
  readonly signal: AbortSignal;
}

export interface Registry {
  /** Lists the instance for TTL_SECONDS from now on; one whose listing was lost is listed anew. */
  announce(instance: Instance): Promise<void>;
  /** Takes it off the list at once. */
  withdraw(instance: Instance): Promise<void>;
  /**
   * Watches the list of a service until `signal` is aborted. It also ends, with an error or without, when the list
   * has to be asked for anew.
   */
  follow(service: string, follow: Follow): Promise<void>;
  close(): Promise<void>;
}

export type RegistryFactory = (url: string) => Registry;
