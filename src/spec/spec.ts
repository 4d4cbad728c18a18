/** The spec as typed data: what `msvc.yaml` says after defaults, and the only input of the plan. */

/** A service as the user lists it. */
export interface ServiceSpec {
  readonly language: string;
  /** Services that it calls over the chosen sync pattern. */
  readonly calls: readonly string[];
  /** Replaces its plural name; null where the plural is derived. */
  readonly channel: string | null;
}

export interface SagaSpec {
  readonly name: string;
  readonly style: string;
  readonly initiator: string;
  /** `service.action[/compensation][!]`, in order; the pivot is always marked. */
  readonly steps: readonly string[];
}

export interface BreakerSpec {
  /** Consecutive failures that open the breaker. */
  readonly threshold: number;
  /** A duration such as `30s` or `500ms`. */
  readonly resetTimeout: string;
}

export interface Spec {
  readonly version: 1;
  readonly name: string;
  /** By name, in the user's order. */
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly sync: string;
  readonly broker: string;
  readonly saga: SagaSpec | null;
  readonly circuitBreaker: BreakerSpec | null;
  readonly discovery: string;
}

export const none = 'none';
