/**
 * The pipeline, and this stage's data in it:
 *
 *     msvc.yaml, flags, prompts
 *           |  parse, settle                    src/spec
 *         Spec        what the user chose, with defaults
 *           |  makePlan                         src/plan
 *         Plan        every name, port, source and order settled        <- here
 *           |  render                           src/render
 *       FileTree      path -> content, mode, owner, class
 *           |  merge(base, mine, next)          src/merge
 *        Changes      what is written, deleted, in conflict
 *           |  apply                            src/apply
 *         disk        all of it or nothing
 *
 * A stage takes readonly data and returns new data. Everything up to Changes is pure: no clock, disk or randomness.
 */

import type { Role, SourceKind } from '../catalog/catalog.ts';
import type { Spec } from '../spec/spec.ts';
import type { MessageNames } from './names.ts';
import type { Words } from './words.ts';

/** A source that the system is rendered from. */
export interface PlannedSource {
  readonly kind: SourceKind;
  readonly id: string;
  /** Its folder in the catalog, such as `patterns/rest`. */
  readonly folder: string;
}

/** An event, and the service that tells it. */
export interface PlannedEvent {
  readonly event: Words;
  readonly service: Words;
}

export interface PlannedStep extends MessageNames {
  /** `inventory.reserve`. */
  readonly key: string;
  readonly service: Words;
  readonly action: Words;
  readonly pivot: boolean;
  /** Before the pivot: can be undone. */
  readonly compensatable: boolean;
  /** After the pivot: retried until it succeeds. */
  readonly retriable: boolean;
  /** What has happened once the step is due: for systems in which services follow each other's events. */
  readonly follows: readonly PlannedEvent[];
}

export interface PlannedSaga extends Words {
  readonly style: string;
  readonly initiator: Words;
  /** Plural of the initiator: the resource that a saga is started with. */
  readonly plural: Words;
  /** The event that tells of the saga's start. */
  readonly started: Words;
  /** What the initiator does at the end, and the events that tell of it. */
  readonly confirm: Words;
  readonly confirmed: Words;
  readonly reject: Words;
  readonly rejected: Words;
  readonly steps: readonly PlannedStep[];
}

export interface PlannedCall extends Words {
  /** Plural of the called service, as a variable's name. */
  readonly pluralCamel: string;
  /** Variable that holds the address, such as `USER_URL`. */
  readonly envKey: string;
  /** Whether the caller can wait for it to start: not where it calls the caller back, by whatever way. */
  readonly startsFirst: boolean;
  readonly port: number;
  readonly secondPort: number;
}

export interface PlannedService extends Words {
  readonly plural: Words;
  readonly language: string;
  readonly role: Role;
  /** Port on the host, and in `npm run dev`. */
  readonly port: number;
  /** A second one, for a pattern that listens on a port of its own. */
  readonly secondPort: number;
  /** Name of its database and of its user there. */
  readonly database: string;
  readonly calls: readonly PlannedCall[];
  /** The steps that it takes part in. */
  readonly actions: readonly PlannedStep[];
  readonly channels: { readonly commands: string; readonly events: string; readonly replies: string };
  /** Consumer group. */
  readonly group: string;
  /** Whose events its part in the saga depends on, and who depends on its events. */
  readonly follows: readonly Words[];
  readonly followers: readonly Words[];
  /** The sample that its business code comes from; null for the generic skeleton. */
  readonly sample: string | null;
}

export interface Plan {
  readonly toolVersion: string;
  readonly spec: Spec;
  /** In the order in which their contributions are folded. */
  readonly sources: readonly PlannedSource[];
  readonly capabilities: readonly string[];
  readonly services: readonly PlannedService[];
  readonly saga: PlannedSaga | null;
  /** What PostgreSQL must allow: the pools, relays and listeners of three instances of each service, and a reserve. */
  readonly maxConnections: number;
}
