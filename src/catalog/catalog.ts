/**
 * The catalog: what `templates/` holds, as frozen data. A source is one folder there; it brings files, entries of
 * named lists that other templates iterate over, and the names of packages it needs.
 */

export type SourceKind = 'base' | 'language' | 'capability' | 'pattern' | 'sample';

/** A template as Handlebars precompiles it: for its runtime only. */
export type Template = object;

/** A literal text, or the name of a template. */
export type Text = string | { readonly template: string };

/**
 * Where the files of a content folder go: `shared` and `root` to the root, `chassis` and `contracts` to the packages
 * of that name, `service` to every service, a role to the services that have it, `services/x` to the service `x` in
 * place of its role.
 */
export type Area =
  | 'shared'
  | 'root'
  | 'chassis'
  | 'contracts'
  | 'service'
  | Role
  | `services/${string}`
  | `contracts-of/${string}`;

/** What a service is in the system: it starts the saga, takes part in it, or serves one resource. */
export type Role = 'initiator' | 'participant' | 'resource';

export interface SourceFile {
  readonly area: Area;
  /** The language folder it lies in; null in `shared/`. */
  readonly language: string | null;
  /** Below the area, tokens such as `__action__` kept, `.hbs` dropped. */
  readonly path: string;
  readonly text: Text;
}

/** One entry of a list: its fields, where it stands, and the context's value without which it is left out. */
export interface ListEntry {
  readonly fields: Readonly<Record<string, Text>>;
  /** Ascending; entries of the same order stay in the order of their sources. */
  readonly order: number;
  /** A dotted path into the context such as `service.initiator`. */
  readonly when: string | null;
  /** The only service that the entry is for; null for every one. */
  readonly service: string | null;
}

export type Lists = Readonly<Record<string, readonly ListEntry[]>>;

/** Package manifests a source adds packages to, by area; versions are the language's. */
export type PackageNames = Readonly<
  Partial<Record<'root' | 'chassis' | 'contracts' | 'service', readonly string[]>>
>;

/** What a source brings for one language, or for all of them (`shared`). */
export interface Section {
  readonly lists: Lists;
  readonly dependencies: PackageNames;
  readonly devDependencies: PackageNames;
}

/** What choosing needs to know of a source; small, so that `list` and `--help` load nothing else. */
export interface SourceInfo {
  readonly kind: SourceKind;
  readonly id: string;
  readonly title: string;
  /** The group of a pattern; null for other kinds. Groups are listed in `src/spec/groups.ts`. */
  readonly group: string | null;
  /** One line each: when to use it, and what it costs. */
  readonly when: string;
  readonly cost: string;
  readonly provides: readonly string[];
  readonly requires: readonly string[];
}

export interface Source extends SourceInfo {
  /** The folder below `templates/`, such as `patterns/rest`; names the owner in messages. */
  readonly folder: string;
  /** Globs of target paths, by file class. */
  readonly once: readonly string[];
  readonly merge: readonly string[];
  readonly executable: readonly string[];
  /** The fields of the lists that this source's templates iterate over; a trailing `?` marks an optional one. */
  readonly declares: Readonly<Record<string, readonly string[]>>;
  /** By language, and `shared`. */
  readonly sections: Readonly<Record<string, Section>>;
  readonly files: readonly SourceFile[];
  readonly sample: Sample | null;
}

/** The names of one saga step where a sample replaces the derived ones. */
export interface StepNames {
  readonly command: string;
  readonly done: string;
  readonly refused?: string;
  readonly compensation?: string;
  readonly undone?: string;
}

/** The spec that a sample's business code is written for. */
export interface Sample {
  /** Services by name; a service without a saga stands alone. */
  readonly services: Readonly<Record<string, { readonly role: Role; readonly calls: readonly string[] }>>;
  readonly saga: {
    readonly name: string;
    readonly initiator: string;
    readonly steps: readonly string[];
  } | null;
  /** The event that tells of the saga's start, in place of the derived one. */
  readonly started: string | null;
  /** By `service.action`. */
  readonly names: Readonly<Record<string, StepNames>>;
}

/** Everything in `templates/` but the templates themselves: plain data. */
export interface CatalogData {
  readonly sources: readonly Source[];
  /** Container images by name, each with its tag. */
  readonly images: Readonly<Record<string, string>>;
  /** By language: exact package versions by name. */
  readonly versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Catalog extends CatalogData {
  /** By name: the path below `templates/`, or the place of a list entry's field. */
  readonly templates: Readonly<Record<string, Template>>;
  /** The JSON Schema of `msvc.yaml`, whose choices are this catalog's. */
  readonly specSchema: string;
}

/** The part of the catalog that choosing needs. */
export interface CatalogIndex {
  readonly patterns: readonly SourceInfo[];
  readonly languages: readonly string[];
}

/** The names of a list's fields without the marks of optional ones. */
export function declaredFields(fields: readonly string[]): readonly string[] {
  return fields.map((field) => field.replace('?', ''));
}

/** Takes the index out of a catalog. */
export function indexOf(catalog: CatalogData): CatalogIndex {
  const info = ({ kind, id, title, group, when, cost, provides, requires }: Source): SourceInfo => ({
    kind,
    id,
    title,
    group,
    when,
    cost,
    provides,
    requires,
  });
  return {
    patterns: catalog.sources.filter(({ kind }) => kind === 'pattern').map(info),
    languages: catalog.sources.filter(({ kind }) => kind === 'language').map(({ id }) => id),
  };
}
