/**
 * Names that would mean something else where the generated system writes them. `test/plan/clashes.test.ts` looks for
 * them in what is rendered, and finds those that are missing here.
 */

import { isReservedInSql } from './sql-words.ts';

type Words = ReadonlySet<string>;

const words = (text: string): Words => new Set(text.split(' '));

/** Folders, containers and environment variables of every generated system, and device names of Windows. */
const places = words(
  'app bus chassis contracts services infra docs root default localhost host node node-modules test migrations ' +
    'postgres rabbitmq kafka kafka-topics haproxy etcd admin broker database registry ids main ' +
    'con prn aux nul com1 com2 com3 com4 lpt1 lpt2 lpt3 lpt4',
);

/** Words that no variable can be called in a language that services are written in. */
const keywords = words(
  'and arguments as assert async await break case catch class const continue debugger def default delete do elif ' +
    'else enum eval except export extends false finally for from function global if implements import in instanceof ' +
    'interface is lambda let new none nonlocal not null or package pass private protected public raise return static ' +
    'super switch this throw true try type typeof undefined var void while with yield constructor prototype',
);

/** Globals of JavaScript that a type, contract or variable would hide. */
const globals = words(
  'array bigint blob boolean buffer console crypto data-view date error escape event event-target file function ' +
    'global-this has-own-property headers infinity intl is-finite is-na-n is-prototype-of iterator json map math nan ' +
    'number object parse-float parse-int process promise property-is-enumerable proxy reflect request response set ' +
    'string symbol to-locale-string to-string unescape url value-of weak-map weak-set',
);

/** What the code of any service is called, or declares and imports. */
const code = words('saga start history handles messages parts policies routes config handlers channels');

/** What the modules that name a service declare and import, its contract and its tests among them. */
const besideServices = words(
  'all-of asked db edge found history-entry id late outcome refused row saga-history service settled steps-of t ' +
    'test-system tx until with-key',
);

/** What the modules that name a saga declare and import, and the other modules of its initiator. */
const besideSagas = words(
  'accepted calls client context db diagram drawn event-handlers flow grpc-server history-entry http id input mermaid ' +
    'messaging not-found read-file readme registration reply-handlers saga-history sagas serves store tx unknown ' +
    'unprocessable',
);

/** What the modules that name the resource of a service declare and import. */
const besideChannels = words(
  'announces calls channels client context event-handlers facts grpc-server handlers history http ingress input ' +
    'messaging not-found participant parts policies reactions registration reply-handlers routes sagas serves unknown ' +
    'unprocessable',
);

/** Tables and indexes of the chassis in the database of each service. */
const relations = words(
  'external-call external-call-age external-call-due external-call-over external-call-pending idempotency-key ' +
    'idempotency-key-created-at inbox inbox-received migration outbox outbox-order outbox-parked outbox-published ' +
    'outbox-unpublished retry retry-due saga saga-due saga-ended saga-fact saga-fact-updated saga-log saga-log-saga ' +
    'saga-request saga-request-open saga-step saga-step-settled',
);

const someHave = (name: string, sets: readonly Words[]) => sets.some((set) => set.has(name));

/** Of each kind of name: whether it is taken. */
export const isReserved = {
  /** Windows cannot have a folder of a device's name, and npm refuses two more. */
  project: (name: string) => /^(?:con|prn|aux|nul|com\d|lpt\d|node-modules|favicon)$/.test(name),
  /** PostgreSQL keeps the roles that start with `pg_` to itself, and its template databases. */
  service: (name: string) =>
    someHave(name, [places, keywords, globals, code, besideServices]) ||
    /^(?:pg-.*|template[01])$/.test(name),
  /** An action and its service make a name together, as in the `findHotel` that every participant has. */
  action: (name: string) => name === 'find',
  saga: (name: string) => someHave(name, [places, keywords, globals, code, besideSagas]),
  /** The table of a resource has the name, too. */
  channel: (name: string) =>
    someHave(name, [keywords, besideChannels, relations]) || name.startsWith('pg-') || isReservedInSql(name),
} as const;
