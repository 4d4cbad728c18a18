import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from './types.ts';

// Seconds, from a fast query to a request at the end of its patience.
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one process, with those of the process itself (memory, CPU, event loop). */
export interface MetricsRegistry extends Metrics {
  /** All metrics in the Prometheus text format. */
  exposition(): Promise<{ contentType: string; body: string }>;
}

/** An empty registry; `exposition()` is what /metrics answers. */
export function createMetrics(): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const known = new Map<string, unknown>();
  const once = <T>(name: string, create: () => T): T => {
    if (!known.has(name)) known.set(name, create());
    return known.get(name) as T;
  };
  const options = (name: string, help: string, labelNames: readonly string[] = []) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter: (name, help, labels) =>
      once(name, () => {
        const counter = new Counter(options(name, help, labels));
        return { inc: (values = {}, by = 1) => counter.inc(values, by) };
      }),
    gauge: (name, help, labels) => once(name, () => new Gauge(options(name, help, labels))),
    histogram: (name, help, labels) =>
      once(name, () => new Histogram({ ...options(name, help, labels), buckets: BUCKETS })),
    exposition: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

/** Measures nothing; for tests. */
export const noMetrics: Metrics = {
  counter: () => ({ inc() {} }),
  gauge: () => ({ set() {} }),
  histogram: () => ({ observe() {} }),
};
