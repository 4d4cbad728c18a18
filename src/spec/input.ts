/** The spec as a user may write it: every key optional. Both `msvc.yaml` and the flags end here. */

export interface SagaInput {
  readonly name?: string | undefined;
  readonly style?: string | undefined;
  readonly initiator?: string | undefined;
  readonly steps?: readonly string[] | undefined;
}

export interface ServiceInput {
  readonly language?: string | undefined;
  readonly calls?: readonly string[] | undefined;
  readonly channel?: string | undefined;
}

export interface BreakerInput {
  readonly threshold?: number | undefined;
  readonly resetTimeout?: string | undefined;
}

export interface SpecInput {
  readonly version?: 1 | undefined;
  readonly name?: string | undefined;
  readonly services?: Readonly<Record<string, ServiceInput | null>> | undefined;
  readonly sync?: string | undefined;
  readonly broker?: string | undefined;
  readonly saga?: 'none' | SagaInput | undefined;
  readonly circuitBreaker?: false | BreakerInput | undefined;
  readonly discovery?: string | undefined;
}

/** Place of a value in the spec, such as `['services', 'order', 'calls', 0]`. */
export type SpecPath = readonly (string | number)[];

/** A value of the spec that cannot stand; whoever knows where it was written adds the file's line or the flag. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly path: SpecPath;
  readonly hint: string | undefined;

  constructor(path: SpecPath, message: string, hint?: string) {
    super(message);
    this.path = path;
    this.hint = hint;
  }
}

/** `services.order.calls[0]`. */
export function printPath(path: SpecPath): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${key}`))
    .join('');
}

/** A problem as a sentence about a place: the message goes on from the place, or stands on its own behind a colon. */
export function problem(place: string, message: string): string {
  const goesOn = /^[a-z]/.test(message);
  return place === '' ? message : `${place}${goesOn ? '' : ':'} ${message}`;
}

/** Lays the answers of `over` on those of `under`; services, saga and breaker by key. */
export function mergeInputs(under: SpecInput, over: SpecInput): SpecInput {
  return {
    ...under,
    ...defined(over),
    services: mergeServices(under.services, over.services),
    saga: mergeSection(under.saga, over.saga),
    circuitBreaker: mergeSection(under.circuitBreaker, over.circuitBreaker),
  };
}

function mergeServices(under: SpecInput['services'], over: SpecInput['services']): SpecInput['services'] {
  if (!under || !over) return over ?? under;
  const names = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, { ...under[name], ...over[name] }]));
}

function mergeSection<T extends object, Off>(
  under: T | Off | undefined,
  over: T | Off | undefined,
): T | Off | undefined {
  if (!isSection(under) || !isSection(over)) return over ?? under;
  return { ...under, ...defined(over) };
}

function isSection<T extends object, Off>(value: T | Off | undefined): value is T {
  return typeof value === 'object' && value !== null;
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>;
}
