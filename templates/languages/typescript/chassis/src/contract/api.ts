// A service's synchronous contract: operations with their input, output and errors. It says nothing
// of HTTP beyond method and path, so that the same contract serves another protocol.
import type { z } from 'zod';

export interface Operation<I = unknown, O = unknown> {
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `:name` parameters; they and the body of a POST or PUT, else the query, together are the input. */
  readonly path: string;
  readonly input: z.ZodType<I>;
  readonly output: z.ZodType<O>;
  /** Status of success; 200 by default. 202 answers carry a Location made from `location`. */
  readonly status?: 200 | 201 | 202;
  readonly location?: (output: O) => string;
  /** May run twice, so that a client repeats it. GET may by nature, and so does one with a key (see below). */
  readonly idempotent?: boolean;
  /** Takes an idempotency key: a repeated request gets the stored answer. */
  readonly idempotencyKey?: boolean;
  /**
   * The output is a page: the name of its list of items with an `id` each. The input has `after`, the id behind which
   * the page begins, and `limit`. A protocol with streams sends all pages as one.
   */
  readonly pages?: string;
  /** The output changes until it is settled; a protocol with streams lets a client watch that. */
  readonly watch?: { readonly name: string; readonly settled: (output: O) => boolean };
  /** Names of the errors (see errors/) this operation documents, beside 400 and 500. */
  readonly errors?: readonly string[];
  readonly example: { readonly input: I; readonly output: O };
}

// biome-ignore lint/suspicious/noExplicitAny: operations of different shapes live in one record.
export type Operations = Readonly<Record<string, Operation<any, any>>>;

export interface Api<T extends Operations = Operations> {
  /** The service's name, as in msvc.yaml. */
  readonly service: string;
  readonly operations: T;
}

export type InputOf<T> = T extends { readonly input: z.ZodType<infer I> } ? I : never;
export type OutputOf<T> = T extends { readonly output: z.ZodType<infer O> } ? O : never;

/** Declares a service's API; the type of every operation is kept. */
export function api<T extends Operations>(service: string, operations: T): Api<T> {
  return { service, operations };
}

/** Declares one operation; infers its types from the schemas. */
export function operation<I, O>(definition: Operation<I, O>): Operation<I, O> {
  return definition;
}
