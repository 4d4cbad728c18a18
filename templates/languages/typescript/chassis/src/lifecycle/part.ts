// A service is made of parts: its HTTP API, for one, or what works in the background. The host
// starts them in the order in which parts.ts lists them and stops them in the reverse order.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Database } from '../database/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';

/** What the host gives every part. */
export interface Host {
  readonly service: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What /readyz says: whether requests should be sent here. */
  readonly ready: () => Promise<boolean>;
  /** Why a writing request is to be refused now, see `overloaded`. */
  readonly overload: () => Overload | undefined;
}

/** Health of one part. `down` makes the service unready; `degraded` is told in the body only. */
export interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  readonly reason?: string;
}

/** Too much waits to be worked off; seconds. */
export interface Overload {
  readonly retryAfter: number;
}

/** Where a service takes requests in. */
export interface Edge {
  /** Of its URLs, such as `http` or `grpc`. */
  readonly scheme: string;
  readonly port: number;
}

/** What others may be told of a service that runs. */
export interface Presence {
  readonly edges: readonly Edge[];
  /** Whether it is to be sent requests: as /readyz has it, but for the health of the part that asks. */
  ready(): Promise<boolean>;
}

export interface RunningPart {
  /** Its own server, beside that of HTTP. */
  readonly edge?: Edge;
  health?(): Health | Promise<Health>;
  /**
   * Name of a loop that no longer turns, so that only a restart can help: the process is not alive. A loop that
   * waits for what it needs turns.
   */
  stalled?(): string | undefined;
  /** Too much waits to be worked off: writing requests are refused, to be tried again after that many seconds. */
  overloaded?(): Overload | undefined;
  /** Answers HTTP requests other than those for health and metrics; one part of a service may have it. */
  listener?(request: IncomingMessage, response: ServerResponse): void;
  /** All parts have started: from now on others may be told to send work (register). It must not wait for them. */
  join?(presence: Presence): void;
  /** First step of shutting down: tell others to send no more work (deregister), while all of it is still done. */
  leave?(): Promise<void>;
  /** Then, after the propagation delay: take no new work, and finish what is in hand. */
  drain?(): Promise<void>;
  /** Last step, when no request is being served any more: let go of all resources. */
  stop?(): Promise<void>;
}

export interface Part {
  readonly name: string;
  /** Environment variables it needs; all parts' are checked together before anything starts. */
  readonly env?: z.ZodObject;
  /** Folders of numbered .sql migrations it brings, run before any part starts. */
  readonly migrations?: readonly string[];
  start(host: Host): Promise<RunningPart>;
}
