// What must be true of every single one when all has settled. Sums can be right by two wrongs; these cannot.
import { edge } from '@app/chassis/edge';
import type { Entry } from '@app/chassis/saga';
import { scenario } from '../scenario.ts';
import { system as description } from '../system.ts';
import type { Case } from './customers.ts';
import { books, subject } from './subject.ts';
import type { TestSystem } from './system.ts';
import { listAllDeadLetters, type Witness } from './witness.ts';

export interface Rule {
  readonly name: string;
  /** How many cases, messages or rows it was checked on. */
  checked: number;
  readonly broken: Violation[];
}

export interface Violation {
  /** Key of the saga that it is about, if it is about one. */
  readonly one?: string;
  readonly text: string;
}

interface Fact {
  readonly one: Case;
  readonly id: string;
  readonly status: string;
  readonly reason?: string | undefined;
}

/** Checks everything. */
export async function verify(
  system: TestSystem,
  {
    cases,
    witness,
    poison,
    faults,
  }: { cases: readonly Case[]; witness: Witness; poison: readonly string[]; faults: boolean },
): Promise<{ readonly rules: readonly Rule[]; readonly confirmed: number }> {
  const { noun } = subject;
  const rules: Rule[] = [];
  const rule = (name: string): Rule => {
    const made = { name, checked: 0, broken: [] };
    rules.push(made);
    return made;
  };
  const facts = await readCases(system, cases, rule(`every accepted request is one ${noun}`));
  checkEnds(facts, rule(`every ${noun} has ended as it may`));
  checkShare(facts, { faults, rule: rule('what could be done was done') });
  await checkBooks(system, facts, rule('confirmed: all is done. Rejected: nothing is left'));
  await checkAudits(system, rule('the books of every service add up'));
  await checkEvents(system, facts, { witness, rule: rule('exactly one event told of every end') });
  await checkEffects(system, rule('a message has its effect once'));
  await checkOutbox(system, rule('nothing waits to be sent, nothing is parked'));
  await checkStrangers(system, cases, rule(`there is no ${noun} that nobody asked for`));
  await checkDeadLetters(witness, poison, rule('dead letters are the poison and nothing else'));
  return { rules, confirmed: facts.filter(({ status }) => status === 'CONFIRMED').length };
}

async function readCases(system: TestSystem, cases: readonly Case[], rule: Rule): Promise<Fact[]> {
  const client = edge(system.address, scenario.api);
  const facts: Fact[] = [];
  for (const one of cases) {
    rule.checked++;
    if (one.problem !== undefined) rule.broken.push(about(one, one.problem));
    if (one.id === undefined) continue;
    const { id } = one;
    try {
      const { status, reason } = (await client[scenario.read]({ id })) as { status: string; reason?: string };
      facts.push({ one, id, status, reason });
    } catch (error) {
      rule.broken.push(about(one, `was accepted and is not there: ${(error as Error).message}`));
    }
  }
  return facts;
}

const ENDS = ['CONFIRMED', 'REJECTED'];
/** What a saga may be given up for beside what a participant says. */
const LATE = 'deadline';

function checkEnds(facts: readonly Fact[], rule: Rule): void {
  for (const { one, status, reason } of facts) {
    rule.checked++;
    const { expected, request } = one;
    const why = reason === undefined ? '' : ` (${reason})`;
    if (!ENDS.includes(status)) rule.broken.push(about(one, `is ${status}`));
    else if (request.refusal !== undefined && status !== 'REJECTED')
      rule.broken.push(about(one, `is ${status}; it is to be refused: ${request.refusal}`));
    else if (expected !== 'either' && status !== expected.toUpperCase())
      rule.broken.push(about(one, `is ${status}${why}; ${expected} is right`));
    else if (status === 'REJECTED' && ![request.refusal, one.reason, LATE].includes(reason))
      rule.broken.push(about(one, `is rejected for "${reason}"`));
  }
}

/** With faults some are late; a system that rejects everything loses nothing either, and is worth nothing. */
function checkShare(facts: readonly Fact[], { faults, rule }: { faults: boolean; rule: Rule }): void {
  const eligible = facts.filter(({ one }) => one.expected === 'either');
  rule.checked = eligible.length;
  const confirmed = eligible.filter(({ status }) => status === 'CONFIRMED').length;
  if (faults && confirmed < 0.8 * eligible.length)
    rule.broken.push({
      text: `${confirmed} of ${eligible.length} ${subject.plural} that nothing stood against were confirmed; 80 % is right`,
    });
}

async function checkBooks(system: TestSystem, facts: readonly Fact[], rule: Rule): Promise<void> {
  const kept = await readBooks(system);
  for (const { one, id, status } of facts) {
    rule.checked++;
    for (const [service, entries] of kept) {
      const own = entries.get(id) ?? [];
      const wrong = status === 'CONFIRMED' ? missing(one, own) : leftOver(own);
      if (wrong) rule.broken.push(about(one, `is ${status}, and ${service} ${wrong}`));
    }
  }
}

function missing({ request }: Case, entries: readonly Entry[]): string | undefined {
  if (entries.length === 0) return 'has done nothing';
  for (const { step, state, facts = {} } of entries) {
    if (state !== 'done') return `has ${step} ${state}`;
    for (const [name, value] of Object.entries(facts)) {
      const right = request.facts?.[name];
      if (right !== undefined && right !== value) return `has ${name} ${value}; ${right} is right`;
    }
  }
  return undefined;
}

function leftOver(entries: readonly Entry[]): string | undefined {
  const left = entries.find(({ state }) => state !== 'undone');
  return left && `still has ${left.step} ${left.state}`;
}

/** By service and by the saga's key; what was called outside is a book of its own. */
async function readBooks(system: TestSystem): Promise<Map<string, Map<string, Entry[]>>> {
  const kept = new Map<string, Map<string, Entry[]>>();
  for (const { service, entries } of books) kept.set(service, byKey(await entries(system.db(service))));
  for (const [service, { entries }] of system.outside) kept.set(`what ${service} called`, byKey(entries()));
  return kept;
}

function byKey(entries: readonly Entry[]): Map<string, Entry[]> {
  const result = new Map<string, Entry[]>();
  for (const entry of entries) result.set(entry.key, [...(result.get(entry.key) ?? []), entry]);
  return result;
}

async function checkAudits(system: TestSystem, rule: Rule): Promise<void> {
  for (const { service, audit } of books) {
    rule.checked++;
    for (const text of (await audit?.(system.db(service))) ?? [])
      rule.broken.push({ text: `${service}: ${text}` });
  }
  for (const [service, { audit }] of system.outside) {
    rule.checked++;
    for (const text of audit()) rule.broken.push({ text: `what ${service} called: ${text}` });
  }
}

async function checkEvents(
  system: TestSystem,
  facts: readonly Fact[],
  { witness, rule }: { witness: Witness; rule: Rule },
): Promise<void> {
  const { initiator, confirmed, rejected } = subject;
  const { rows } = await system.db(initiator).query<{ key: string; type: string; count: number }>(
    `SELECT key, type, count(DISTINCT headers ->> 'aggregate-version')::int AS count FROM outbox
      WHERE type = ANY($1) GROUP BY key, type`,
    [[confirmed, rejected]],
  );
  for (const { one, id, status } of facts) {
    rule.checked++;
    const right = status === 'CONFIRMED' ? confirmed : rejected;
    const said = rows.filter(({ key }) => key === id).flatMap(({ type, count }) => Array(count).fill(type));
    if (said.join() !== right)
      rule.broken.push(about(one, `is ${status} and said ${said.join(', ') || 'nothing'}`));
    // It may come twice, and be told again under another id: that is one event all the same.
    const ends = (witness.seen.get(id) ?? []).filter(({ type }) => type === confirmed || type === rejected);
    const heard = [...new Map(ends.map(({ type, version }) => [`${type} ${version}`, type])).values()];
    if (heard.join() !== right)
      rule.broken.push(
        about(one, `is ${status} and a consumer of ${subject.events} got ${heard.join(', ') || 'nothing'}`),
      );
  }
}

/** One message gives rise to at most one message of a type. */
async function checkEffects(system: TestSystem, rule: Rule): Promise<void> {
  for (const { name } of description.services) {
    const { rows } = await system.db(name).query<{ type: string; cause: string; key: string; count: number }>(
      `SELECT type, key, headers ->> 'causation-id' AS cause, count(*)::int AS count FROM outbox
        WHERE headers ? 'causation-id' GROUP BY 1, 2, 3`,
    );
    rule.checked += rows.length;
    for (const { type, cause, key, count } of rows)
      if (count > 1)
        rule.broken.push({
          one: key,
          text: `${name} said ${type} ${count} times for the message ${cause}`,
        });
  }
}

async function checkOutbox(system: TestSystem, rule: Rule): Promise<void> {
  for (const { name } of description.services) {
    const { rows } = await system
      .db(name)
      .query<{ seq: string; type: string; reason: string | null }>(
        'SELECT seq, type, reason FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 20',
      );
    rule.checked++;
    for (const { seq, type, reason } of rows)
      rule.broken.push({
        text: `${name}: ${type} (${seq}) ${reason === null ? 'was not sent' : `is parked: ${reason}`}`,
      });
  }
}

async function checkStrangers(system: TestSystem, cases: readonly Case[], rule: Rule): Promise<void> {
  const { rows } = await system
    .db(subject.initiator)
    .query<{ key: string; status: string }>('SELECT key, status FROM saga WHERE name = $1', [
      subject.saga.name,
    ]);
  const known = new Set(cases.map(({ id }) => id));
  rule.checked = rows.length;
  // What was never answered may have been taken all the same.
  let unanswered = cases.filter(({ id }) => id === undefined).length;
  for (const { key } of rows)
    if (!known.has(key) && unanswered-- <= 0) rule.broken.push({ one: key, text: 'was asked for by nobody' });
}

async function checkDeadLetters(
  { transport }: Witness,
  poison: readonly string[],
  rule: Rule,
): Promise<void> {
  const letters = new Map((await listAllDeadLetters(transport)).map((letter) => [letter.id, letter]));
  rule.checked = poison.length;
  for (const id of poison)
    if (!letters.has(id)) rule.broken.push({ text: `${id} is not among the dead letters` });
  for (const { id, type, channel, reason } of letters.values())
    if (!poison.includes(id))
      rule.broken.push({ text: `${type} ${id} of ${channel} is a dead letter: ${reason}` });
}

const about = ({ id, key }: Case, text: string): Violation => ({ one: id ?? key, text });
