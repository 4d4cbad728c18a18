/**
 * Plan -> what templates see: primitives, and records and lists of them. `context-schema.ts` describes the same for
 * the test that checks every template against it.
 */

import { type Catalog, indexOf } from '../catalog/catalog.ts';
import { withArticle } from '../plan/names.ts';
import type { Plan, PlannedSaga, PlannedService, PlannedStep } from '../plan/plan.ts';
import { type Words, wordsOf } from '../plan/words.ts';
import { chosenPatterns } from '../spec/groups.ts';
import type { BreakerSpec } from '../spec/spec.ts';
import { type ListContext, lazyLists } from './lists.ts';

export type ActionContext = ReturnType<typeof actionContext>;
export type ServiceContext = ReturnType<typeof serviceContext>;
export type SagaContext = ReturnType<typeof sagaContext>;

export interface PatternContext {
  readonly id: string;
  readonly title: string;
  readonly when: string;
  readonly cost: string;
}

export interface Context {
  readonly name: string;
  readonly toolVersion: string;
  readonly services: readonly (ServiceContext & { readonly lists: ListContext })[];
  readonly saga: SagaContext | null;
  readonly breaker: BreakerSpec | null;
  /** Whether there is only one service. */
  readonly single: boolean;
  /** Whether any service calls another. */
  readonly calls: boolean;
  /** Every capability of the catalog: whether something chosen provides it. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly patterns: readonly PatternContext[];
  /** Connections that it allows, and processes that it may have for them. */
  readonly postgres: { readonly connections: number; readonly processes: number };
  readonly images: Readonly<Record<string, string>>;
  /** Of the service's language; of the first one at the root. */
  readonly versions: Readonly<Record<string, string>>;
  readonly lists: ListContext;
  /** Where the file belongs to one service. */
  readonly service?: ServiceContext;
  /** Where the file belongs to one saga step of that service. */
  readonly action?: ActionContext;
}

/** What a file belongs to. */
export interface Scope {
  readonly service?: PlannedService;
  readonly action?: PlannedStep;
}

/** Processes of PostgreSQL beside one for each connection. */
const ownProcesses = 50;

/** Makes the context of a file in a scope; contexts of the same scope are the same object. */
export function contexts(plan: Plan, catalog: Catalog): (scope: Scope) => Context {
  const plain = systemContext(plan, catalog);
  const versionsOf = (language: string) => catalog.versions[language] ?? {};
  // Inside {{#each services}} a service's own lists can be iterated over.
  const withLists = (service: PlannedService) => {
    const { language } = service;
    const own = { ...plain, versions: versionsOf(language), service: serviceContext(service) };
    return { ...own.service, lists: lazyLists({ plan, catalog, language, service, context: own }) };
  };
  const system = { ...plain, services: plan.services.map(withLists) };
  const made = new Map<string, Context>();
  return ({ service, action }) => {
    const key = `${service?.name ?? ''} ${action?.key ?? ''}`;
    const known = made.get(key);
    if (known) return known;
    const language = service?.language ?? plan.services[0]?.language ?? '';
    const scoped = {
      ...system,
      versions: versionsOf(language),
      ...(service && { service: serviceContext(service) }),
      ...(action && { action: actionContext(action) }),
    };
    const context = { ...scoped, lists: lazyLists({ plan, catalog, language, service, context: scoped }) };
    made.set(key, context);
    return context;
  };
}

function systemContext(plan: Plan, catalog: Catalog) {
  const { spec, saga } = plan;
  const index = indexOf(catalog);
  const chosen = chosenPatterns(spec, index);
  return {
    name: spec.name,
    toolVersion: plan.toolVersion,
    services: plan.services.map(serviceContext),
    saga: saga && sagaContext(saga, plan),
    breaker: spec.circuitBreaker,
    single: plan.services.length === 1,
    calls: plan.services.some(({ calls }) => calls.length > 0),
    capabilities: Object.fromEntries(
      catalog.sources.flatMap(({ provides }) => provides).map((id) => [id, plan.capabilities.includes(id)]),
    ),
    patterns: index.patterns
      .filter(({ id }) => chosen.includes(id))
      .sort((a, b) => chosen.indexOf(a.id) - chosen.indexOf(b.id))
      .map(({ id, title, when, cost }) => ({ id, title, when, cost })),
    postgres: { connections: plan.maxConnections, processes: plan.maxConnections + ownProcesses },
    images: catalog.images,
  };
}

function serviceContext(service: PlannedService) {
  const { plural, role, calls, actions, channels, follows, followers, ...rest } = service;
  return {
    ...rest,
    plural: plural.name,
    Plural: plural.Pascal,
    pluralCamel: plural.camel,
    pluralSnake: plural.snake,
    role,
    initiator: role === 'initiator',
    participant: role === 'participant',
    resource: role === 'resource',
    /** No sample brings its business code. */
    generic: service.sample === null,
    /** Keeps its steps in the chassis' table. */
    guarded: role === 'participant' && service.sample === null,
    /** Some of its steps can be undone. */
    compensates: actions.some(({ compensation }) => compensation !== null),
    /** Some of its steps can be refused. */
    refuses: actions.some(({ refused }) => refused !== null),
    /** `parameter` is the call's placeholder in an INSERT behind one other value, `behindTwo` its field behind two. */
    calls: calls.map((call, index) => ({
      ...call,
      parameter: `$${index + 2}`,
      behindTwo: index + 3,
      behindThree: index + 4,
    })),
    actions: actions.map(actionContext),
    commandsChannel: channels.commands,
    eventsChannel: channels.events,
    repliesChannel: channels.replies,
    follows: follows.map(neighbourContext),
    followers: followers.map(neighbourContext),
  };
}

function neighbourContext(service: Words) {
  return { ...service, eventsChannel: `${service.name}-events`, group: `${service.name}-processor` };
}

function actionContext(step: PlannedStep) {
  const { service, action, key, pivot, compensatable, retriable, follows } = step;
  const { command, done, refused, compensation, undone } = step;
  return {
    key,
    service: service.name,
    Service: service.Pascal,
    serviceCamel: service.camel,
    name: action.name,
    Pascal: action.Pascal,
    camel: action.camel,
    text: action.text,
    pivot,
    compensatable,
    retriable,
    follows: follows.map((told) => ({
      ...told.event,
      service: told.service.name,
      Service: told.service.Pascal,
    })),
    /** Several events have to have come before it. */
    joins: follows.length > 1,
    command,
    done,
    refused,
    compensation,
    undone,
  };
}

function sagaContext(saga: PlannedSaga, { services }: Plan) {
  const { initiator, plural, style, steps, started, confirm, confirmed, reject, rejected, ...words } = saga;
  const starter = services.find(({ name }) => name === initiator.name);
  const [first] = steps;
  return {
    ...words,
    style,
    /** No sample brings the initiator's business code. */
    generic: starter?.sample === null,
    /** Services that the initiator calls before it starts one. */
    calls: starter?.calls.map((call) => ({ ...call })) ?? [],
    lastStep: steps.at(-1)?.command.Pascal ?? '',
    /** The step at which a demonstration is refused, and the last that happens then. */
    pivotKey: steps.find(({ pivot }) => pivot)?.key ?? '',
    lastUndo: (first?.pivot ? first.command : first?.compensation)?.Pascal ?? '',
    lastUndoResult: first?.pivot ? 'refused' : 'undone',
    initiator: initiator.name,
    /** What the saga is about, in words: the initiator's name. */
    noun: initiator.text,
    aNoun: withArticle(initiator.text),
    Noun: initiator.Pascal,
    nounCamel: initiator.camel,
    nounSnake: initiator.snake,
    plural: plural.name,
    Plural: plural.Pascal,
    pluralCamel: plural.camel,
    /** Business key in messages. */
    key: `${initiator.camel}Id`,
    keySnake: `${initiator.snake}_id`,
    steps: steps.map((step, index) => ({
      ...actionContext(step),
      /** What is taken back when this step is refused, in that order. */
      undoes: steps
        .slice(0, index)
        .filter(({ compensation }) => compensation)
        .toReversed()
        .map(actionContext),
    })),
    participants: [...new Set(steps.map(({ service }) => service.name))].map(wordsOf),
    started,
    confirm,
    confirmed,
    reject,
    rejected,
  };
}
