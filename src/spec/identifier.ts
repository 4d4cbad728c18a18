/** Which names can stand: they become package names, databases, containers, queues and identifiers. */

/** Lower-case words joined by single dashes. */
export const kebabPattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** PostgreSQL and DNS keep 63 characters; the prefixes and suffixes that names get need the rest. */
const longest = { project: 50, service: 30, action: 30, saga: 40, channel: 40 } as const;

export type NameKind = keyof typeof longest;

/** Folders and containers of every generated system, and device names of Windows. */
const reservedNames = new Set([
  ...[
    'app',
    'bus',
    'chassis',
    'contracts',
    'services',
    'infra',
    'docs',
    'root',
    'default',
    'localhost',
    'host',
  ],
  ...['postgres', 'rabbitmq', 'kafka', 'haproxy', 'etcd', 'migrations', 'node', 'node-modules', 'test'],
  ...['con', 'prn', 'aux', 'nul', 'com1', 'com2', 'com3', 'com4', 'lpt1', 'lpt2', 'lpt3', 'lpt4'],
]);

/** Words that no variable can be called in a language that services are written in. */
const keywords = new Set(
  (
    'and as assert async await break case catch class const continue debugger def default delete do elif else enum ' +
    'except export extends false finally for from function global if implements import in instanceof interface is ' +
    'lambda let new none nonlocal not null or package pass private protected public raise return static super ' +
    'switch this throw true try type typeof undefined var void while with yield constructor prototype'
  ).split(' '),
);

/** Names that the code of a service uses itself, and globals of JavaScript that a type or contract would hide. */
const taken = new Set(
  (
    'saga start history handles messages parts policies routes config handlers channels process console ' +
    'array bigint blob boolean buffer crypto data-view date error event event-target file function headers infinity ' +
    'intl iterator json map math nan number object promise proxy reflect request response set string symbol url ' +
    'weak-map weak-set'
  ).split(' '),
);

/** Why a name cannot stand, as the end of a sentence; null where it can. */
export function nameProblem(kind: NameKind, name: string): string | null {
  if (name === '') return 'is empty';
  if (!kebabPattern.test(name))
    return 'must be lower-case letters and digits in words joined by "-", starting with a letter';
  if (name.length > longest[kind]) return `is longer than ${longest[kind]} characters`;
  if (kind === 'action' || kind === 'channel') return null;
  if (kind === 'project') return isReservedProject(name) ? 'is a reserved name' : null;
  return reservedNames.has(name) || keywords.has(name) || taken.has(name) ? 'is a reserved name' : null;
}

/** The nearest name that can stand; empty where there is none. */
export function fittingName(kind: NameKind, text: string): string {
  const words =
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const name = words.join('-').replace(/^[0-9-]+/, '');
  return nameProblem(kind, name) === null ? name : '';
}

/** A hint for a name that cannot stand, where there is a near one that can. */
export function nameHint(kind: NameKind, text: string): string | undefined {
  const name = fittingName(kind, text);
  return name === '' ? undefined : `Try ${name}`;
}

/** A name as it can be shown in a message: control characters escaped, cut where it is long. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 62 ? `${text.slice(0, 60)}…"` : text;
}

/** Windows cannot have a folder of a device's name, and npm refuses two more. */
function isReservedProject(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d|node-modules|favicon)$/.test(name);
}
