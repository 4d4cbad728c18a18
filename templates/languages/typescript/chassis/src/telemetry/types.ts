/** Structured logger: an object of fields first, then the sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** The few instruments parts use; every metric is registered by its first use, on one registry per process. */
export interface Metrics {
  counter(
    name: string,
    help: string,
    labels?: readonly string[],
  ): { inc(labels?: Record<string, string>, by?: number): void };
  gauge(
    name: string,
    help: string,
    labels?: readonly string[],
  ): { set(labels: Record<string, string>, value: number): void };
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
  ): { observe(labels: Record<string, string>, seconds: number): void };
}
