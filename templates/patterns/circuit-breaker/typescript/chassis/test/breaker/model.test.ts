// The machine against a reference that knows the rules but shares no idea with it: it keeps the history of
// events and answers every question by searching it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, CLOSED, type Effect, end, type Settings } from '../../src/breaker/machine.ts';

interface Call {
  /** Number of the event that began it; `at` is the instant. */
  readonly began: number;
  readonly at: number;
  readonly trial: boolean;
  ended?: { readonly order: number; readonly effect: Effect };
}

class Reference {
  readonly calls: Call[] = [];
  readonly changes: { order: number; at: number; to: 'OPEN' | 'CLOSED' }[] = [];
  readonly settings: Settings;
  order = 0;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  closed(): boolean {
    return this.changes.at(-1)?.to !== 'OPEN';
  }

  begin(at: number): Call | undefined {
    this.order += 1;
    const trial = !this.closed();
    if (trial && (at < (this.changes.at(-1)?.at ?? 0) + this.settings.resetTimeout || this.onTrial(at)))
      return;
    const call = { began: this.order, at, trial };
    this.calls.push(call);
    return call;
  }

  end(call: Call, effect: Effect, at: number): void {
    this.order += 1;
    call.ended = { order: this.order, effect };
    if (effect === 'neutral' || !this.current().includes(call)) return;
    if (call.trial) {
      if (call === this.current().at(-1)) this.change(effect === 'success' ? 'CLOSED' : 'OPEN', at);
    } else if (this.streak() >= this.settings.threshold) this.change('OPEN', at);
  }

  /** Failures since the last success. */
  streak(): number {
    const ends = this.current()
      .filter((call) => call.ended && call.ended.effect !== 'neutral')
      .sort((a, b) => (a.ended?.order ?? 0) - (b.ended?.order ?? 0));
    return ends.length - 1 - ends.findLastIndex((call) => call.ended?.effect === 'success');
  }

  /** Calls that began after the last opening or closing. */
  private current(): Call[] {
    const change = this.changes.at(-1)?.order ?? 0;
    return this.calls.filter((call) => call.began > change);
  }

  /** Whether a trial is under way that is not yet lost. */
  private onTrial(at: number): boolean {
    const last = this.current().at(-1);
    return last !== undefined && !last.ended && at < last.at + this.settings.trialTimeout;
  }

  private change(to: 'OPEN' | 'CLOSED', at: number): void {
    this.changes.push({ order: this.order, at, to });
  }
}

test('random sequences: the machine does what the rules say', () => {
  for (let seed = 1; seed <= 2_000; seed++) run(seed);
});

function run(seed: number): void {
  const random = generator(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const settings = { threshold: 1 + pick(4), resetTimeout: 100, trialTimeout: 60 };
  const reference = new Reference(settings);
  const inFlight: { call: Call; epoch: number }[] = [];
  let machine = CLOSED;
  let at = 0;
  for (let step = 0; step < 60; step++) {
    at += pick(3) === 0 ? pick(70) : pick(5);
    const hint = `seed ${seed}, step ${step}`;
    if (inFlight.length === 0 || pick(2) === 0) {
      const begun = begin(machine, at, settings);
      const call = reference.begin(at);
      assert.equal(begun.retryAfter === undefined, call !== undefined, hint);
      machine = begun.machine;
      if (call) inFlight.push({ call, epoch: machine.epoch });
    } else {
      const [{ call, epoch }] = inFlight.splice(pick(inFlight.length), 1) as [{ call: Call; epoch: number }];
      const effect = (['failure', 'failure', 'success', 'neutral'] as const)[pick(4)] ?? 'neutral';
      machine = end(machine, { epoch, effect, at, jitter: 0 }, settings);
      reference.end(call, effect, at);
    }
    assert.equal(machine.state === 'CLOSED', reference.closed(), hint);
    if (machine.state === 'CLOSED') assert.equal(machine.failures, reference.streak(), hint);
  }
}

/** A small seeded generator (mulberry32), so that a failing seed can be run again. */
function generator(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
