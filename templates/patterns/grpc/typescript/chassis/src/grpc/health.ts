import type { Server } from '@grpc/grpc-js';
import { HealthImplementation, protoPath } from 'grpc-health-check';
import type { Host } from '../lifecycle/part.ts';
import { pause } from '../waiting/index.ts';

const LOOK_AGAIN_MS = 1_000;

/** Path of the proto of grpc.health.v1. */
export const healthProto = protoPath;

export interface ServingHealth {
  addTo(server: Server): void;
  /** Looks from now on. */
  start(): void;
  /** NOT_SERVING from now on. */
  stop(): void;
}

/** grpc.health.v1 with what /readyz says, for the server as a whole and for each of its services. */
export function healthOf({ ready, log }: Host, services: readonly string[]): ServingHealth {
  const names = ['', ...services];
  const health = new HealthImplementation();
  const set = (status: 'SERVING' | 'NOT_SERVING') => {
    for (const name of names) health.setStatus(name, status);
  };
  set('NOT_SERVING');
  const stopping = new AbortController();
  const { signal } = stopping;
  async function keepLooking(): Promise<void> {
    while (!signal.aborted) {
      try {
        const isReady = await ready();
        if (!signal.aborted) set(isReady ? 'SERVING' : 'NOT_SERVING');
      } catch (error) {
        log.warn({ err: error }, 'health is not known');
      }
      await pause(LOOK_AGAIN_MS, signal);
    }
  }
  return {
    addTo: (server) => health.addToServer(server),
    start: () => void keepLooking(),
    stop() {
      stopping.abort();
      set('NOT_SERVING');
    },
  };
}
