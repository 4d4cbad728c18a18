// What chance does in a storm. All of it is drawn before it happens, so that the seed alone decides it and never the
// time that something takes.
import { system as description } from '../system.ts';
import { type Letter, poisonLetter } from './mail.ts';
import { type Random, stream } from './random.ts';
import { type Request, requests, subject } from './subject.ts';

/** For a thousand cases, and at least one of each. */
const PER_THOUSAND = { broker: 5, service: 20, postgres: 3, cut: 10, slow: 5, again: 50, poison: 10 };
/** So many messages are sent again at once. */
const AGAIN = 3;
/** Of a hundred customers so many send their request twice, under one key. */
const TWICE = 0.05;
/** Whoever is struck at the end has to have time to show what came of it. */
const BEFORE_THE_END = 0.9;

export interface PlannedRequest {
  readonly request: Request;
  readonly twice: boolean;
}

export type Strike =
  | { readonly kind: 'broker' | 'postgres'; readonly downMs: number }
  | { readonly kind: 'service'; readonly label: string; readonly downMs: number }
  | { readonly kind: 'cut'; readonly label: string }
  | { readonly kind: 'slow'; readonly label: string; readonly delayMs: number; readonly forMs: number }
  /** `picks` are places among the last messages, from 0 for the first of them up to 1. */
  | { readonly kind: 'again'; readonly service: string; readonly picks: readonly number[] }
  | { readonly kind: 'poison'; readonly service: string; readonly letter: Letter };

export interface PlannedFault {
  /** Number of the case from which on it happens. */
  readonly from: number;
  readonly strike: Strike;
}

/** One request after the other, without an end. */
export function* planRequests(seed: number): Generator<PlannedRequest, never> {
  const random = stream(seed, 'requests');
  const shares = requests.flatMap((request) => Array.from({ length: request.share }, () => request));
  for (;;) yield { request: random.pick(shares), twice: random.next() < TWICE };
}

/** In the order in which they happen; `labels` are those of all instances. */
export function planFaults({
  seed,
  cases,
  labels,
}: {
  seed: number;
  cases: number;
  labels: readonly string[];
}): readonly PlannedFault[] {
  const random = stream(seed, 'faults');
  const planned = Object.entries(PER_THOUSAND).flatMap(([kind, perThousand]) =>
    Array.from({ length: Math.max(1, Math.round((perThousand * cases) / 1000)) }, (_, number) => ({
      from: random.below(Math.floor(cases * BEFORE_THE_END)),
      strike: draw(kind as Strike['kind'], { random, labels, number }),
    })),
  );
  return planned.sort((a, b) => a.from - b.from);
}

/** Services that send messages. */
const senders = [...new Set([subject.initiator, ...subject.saga.steps.map(({ service }) => service)])];

function draw(
  kind: Strike['kind'],
  { random, labels, number }: { random: Random; labels: readonly string[]; number: number },
): Strike {
  switch (kind) {
    case 'broker':
    case 'postgres':
      return { kind, downMs: random.below(1_000) };
    case 'service':
      return { kind, label: random.pick(labels), downMs: random.below(1_000) };
    case 'cut':
      return { kind, label: random.pick(labels) };
    case 'slow':
      return {
        kind,
        label: random.pick(labels),
        delayMs: 20 + random.below(200),
        forMs: 1_000 + random.below(1_000),
      };
    case 'again':
      return { kind, service: random.pick(senders), picks: Array.from({ length: AGAIN }, random.next) };
    case 'poison':
      return {
        kind,
        service: random.pick(description.services).name,
        letter: poisonLetter({ number, random }),
      };
  }
}
