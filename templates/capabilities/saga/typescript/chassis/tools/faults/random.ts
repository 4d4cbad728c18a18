// Chance that can be repeated: the same seed gives the same numbers.

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** From 0 up to `end`. */
  below(end: number): number;
  pick<T>(items: readonly T[]): T;
}

/** One for each purpose: how often one is asked changes nothing for another. */
export function stream(seed: number, purpose: string): Random {
  let hash = seed;
  for (const character of purpose) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return random(hash);
}

/** Mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return { next, below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}
