// What was said, to whom it came, and what came of it.
import type { Effect, Event, Evidence, Outbox } from '../evidence.ts';
import { subject } from '../subject.ts';
import { about, type Check, type Fact, type Rule, type Violation } from './rule.ts';

export function events({ said, heard }: Evidence): Check<Fact> {
  return ({ one, id, told: { status } }) => {
    const right = status === 'CONFIRMED' ? subject.confirmed : subject.rejected;
    const told = (verb: string, found: readonly string[]) =>
      found.join() === right ? [] : [about(one, `is ${status} and ${verb} ${found.join(', ') || 'nothing'}`)];
    return [
      ...told('said', endsIn(said.get(id))),
      ...told(`a consumer of ${subject.events} got`, endsIn(heard.get(id))),
    ];
  };
}

/** An event may come twice, and be told again under another id: that is one event all the same. */
export function endsIn(all: readonly Event[] = []): string[] {
  const ends = all.filter(({ type }) => type === subject.confirmed || type === subject.rejected);
  return [...new Map(ends.map(({ type, version }) => [`${type} ${version}`, type])).values()];
}

/** One message gives rise to at most one message of a type. */
export function repetition({ service, type, key, cause, count }: Effect): Violation[] {
  return count > 1
    ? [{ one: key, text: `${service} said ${type} ${count} times for the message ${cause}` }]
    : [];
}

export function unsent({ service, unsent: rows }: Outbox): Violation[] {
  return rows.map(({ seq, type, reason }) => ({
    text: `${service}: ${type} (${seq}) ${reason === null ? 'was not sent' : `is parked: ${reason}`}`,
  }));
}

export function deadLetters({ deadLetters: found, poison }: Evidence): Rule {
  const letters = new Map(found.map((letter) => [letter.id, letter]));
  const missing = poison.filter((id) => !letters.has(id)).map((id) => `${id} is not among the dead letters`);
  const innocent = [...letters.values()]
    .filter(({ id }) => !poison.includes(id))
    .map(({ id, type, channel, reason }) => `${type} ${id} of ${channel} is a dead letter: ${reason}`);
  return {
    name: 'dead letters are the poison and nothing else',
    checked: poison.length,
    broken: [...missing, ...innocent].map((text) => ({ text })),
  };
}
