// What this system speaks between services and at its edges. A protocol is loaded when it is first used.
import type { Protocol } from '../rpc/index.ts';

export interface EdgeProtocol {
  /** Of the addresses of services. */
  readonly scheme: string;
  /** Variable of a service that holds the port it is served on. */
  readonly port: string;
  load(): Promise<Protocol>;
}

/** The first is what services speak to each other. */
export const protocols: readonly [EdgeProtocol, ...EdgeProtocol[]] = [
  { scheme: 'http', port: 'PORT', load: async () => (await import('../http/index.ts')).rest() },
];
