// Made-up runs for the rules of the fault test: a sound one, and what can happen to it.
import type { Entry } from '@app/chassis/saga';
import type { Case } from '../../../tools/faults/customers.ts';
import type { Event, Evidence, Ledger, Told } from '../../../tools/faults/evidence.ts';
import { subject } from '../../../tools/faults/subject.ts';

/** Evidence that can be tampered with. */
export interface World extends Evidence {
  readonly cases: Case[];
  readonly told: Map<string, Told | Error>;
  readonly sagas: Map<string, string>;
  readonly ledgers: (Ledger & { entries: Entry[]; readonly wrong: string[] })[];
  readonly said: Map<string, readonly Event[]>;
  readonly heard: Map<string, readonly Event[]>;
  readonly effects: Evidence['effects'][number][];
  readonly outboxes: {
    readonly service: string;
    readonly unsent: Evidence['outboxes'][number]['unsent'][number][];
  }[];
  readonly deadLetters: Evidence['deadLetters'][number][];
  readonly poison: string[];
}

const eligible = { share: 1, body: {}, facts: { size: 3 } };
const refused = { share: 1, body: {}, refusal: 'impossible' };
const BY_CHANCE = 10;

/**
 * `chance-0` to `chance-9` are confirmed, where `either` end would do; `refused` was refused, `late` was given up, and
 * `calm` had to be confirmed.
 */
export function soundWorld(): World {
  const byChance = Array.from({ length: BY_CHANCE }, (_, n) => caseOf(`chance-${n}`, 'either'));
  const cases = [
    ...byChance,
    caseOf('calm', 'confirmed'),
    { ...caseOf('refused', 'rejected'), request: refused },
    { ...caseOf('late', 'rejected'), reason: 'deadline' },
  ];
  const world: World = {
    ...{ cases, byChance, told: new Map(), sagas: new Map(), said: new Map(), heard: new Map() },
    ledgers: [
      { keeper: 'first', steps: ['hold', 'keep'], entries: [], wrong: [] },
      { keeper: 'second', steps: ['take'], entries: [], wrong: [] },
    ],
    effects: [{ service: 'first', type: 'Held', key: 'calm', cause: 'message-1', count: 1 }],
    outboxes: [{ service: 'first', unsent: [] }],
    deadLetters: [{ id: 'poison-0', type: 'Poison', channel: 'somewhere', reason: 'unknown' }],
    poison: ['poison-0'],
  };
  for (const { id = '', request, reason, expected } of cases) {
    if (expected === 'rejected') reject(world, id, reason ?? request.refusal);
    else confirm(world, id);
  }
  return world;
}

const caseOf = (id: string, expected: Case['expected']): Case => ({
  ...{ id, key: `key of ${id}`, request: eligible, expected, askedAt: 0, failures: [] },
});

/** It ended well, in every respect. */
export function confirm(world: World, key: string): void {
  end(world, key, { status: 'CONFIRMED', history: [pivot('succeeded'), last('confirmed')] });
  for (const { entries, steps } of world.ledgers)
    for (const step of steps) entries.push({ key, step, state: 'done', facts: { size: 3 } });
}

/** It was given up and nothing is left of it: what succeeded too late was undone. */
export function reject(world: World, key: string, reason: string | undefined): void {
  end(world, key, { status: 'REJECTED', reason, history: [last('rejected'), pivot('succeeded')] });
  for (const { entries } of world.ledgers) entries.push({ key, step: 'hold', state: 'undone' });
}

/** Nothing tells of it any more; what it was asked for stays. */
export function forget({ told, sagas, said, heard, ledgers }: World, key: string): void {
  for (const known of [told, sagas, said, heard]) known.delete(key);
  for (const ledger of ledgers) ledger.entries = ledger.entries.filter((entry) => entry.key !== key);
}

/** The entries of a ledger about one saga are others now. */
export function rewrite(
  { ledgers }: World,
  { keeper, key }: { readonly keeper: string; readonly key: string },
  change: (entries: readonly Entry[]) => readonly Entry[],
): void {
  const ledger = ledgers.find((one) => one.keeper === keeper);
  if (!ledger) throw new Error(`There is no ledger of ${keeper}.`);
  const isOwn = (entry: Entry) => entry.key === key;
  ledger.entries = [
    ...ledger.entries.filter((entry) => !isOwn(entry)),
    ...change(ledger.entries.filter(isOwn)),
  ];
}

function end(world: World, key: string, told: Told): void {
  forget(world, key);
  world.told.set(key, told);
  world.sagas.set(key, told.status);
  const type = told.status === 'CONFIRMED' ? subject.confirmed : subject.rejected;
  // It was told twice, as one event may be.
  for (const events of [world.said, world.heard]) events.set(key, [event(type, 2), event(type, 2)]);
}

export const event = (type: string, version: number): Event => ({ type, version });

export function pivot(result: string) {
  const step = subject.saga.steps[subject.saga.pivot];
  return entry({ service: step?.service ?? '', step: step?.succeeded.type ?? '', result });
}

export const last = (result: string) =>
  entry({ service: subject.initiator, step: subject.saga.name, result });

const entry = (made: { readonly service: string; readonly step: string; readonly result: string }) => ({
  at: '2030-01-01T12:00:00.000Z',
  ...made,
});
