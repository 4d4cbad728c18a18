// Which of several instances gets the next call: of two taken at random the one with fewer calls in flight. One that
// fails is left out for a while, however the registry sees it; one whose connection broke until it is found again, since
// a registry lists the dead for some seconds, and a call that tries one has an attempt less for the living.
import type { Endpoint, Outcome } from '../rpc/index.ts';

/** Failed answers in a row after which an instance is left out; a broken connection is enough by itself. */
const FAILURES = 5;
const EJECTION_MS = { first: 1_000, longest: 30_000 };

interface Candidate {
  readonly endpoint: Endpoint;
  inFlight: number;
  failures: number;
  /** How often it was left out since its last success. */
  ejections: number;
  /** Instant of `now()` from which it is used again. */
  ejectedUntil: number;
  /** Its connection broke, and nobody has found it since. */
  isLost: boolean;
}

export interface Balancer {
  /** The instances there are; what is known of those that stay is kept. */
  update(urls: readonly string[]): void;
  urls(): readonly string[];
  /** Undefined where there is none. Prefers one that is not in `tried`. */
  pick(tried: readonly Endpoint[]): Endpoint | undefined;
  /** Has to follow every `pick`. True when the instance is left out from now on. */
  report(endpoint: Endpoint, failure: Outcome | undefined): boolean;
  /** Whether there is another one that has not failed since its last success. */
  hasOther(endpoint: Endpoint): boolean;
  /** Whether it is there, and left out because its connection broke. */
  isLost(endpoint: Endpoint): boolean;
  /** Something listens there again. */
  found(endpoint: Endpoint): void;
}

/** `now` is a monotonic clock in milliseconds, `random` gives numbers from 0 to below 1. */
export function createBalancer({ now = () => performance.now(), random = Math.random } = {}): Balancer {
  let candidates: ReadonlyMap<string, Candidate> = new Map();

  const candidateOf = (endpoint: Endpoint) =>
    [...candidates.values()].find((one) => one.endpoint === endpoint);

  const ofTwo = (from: readonly Candidate[]): Candidate | undefined => {
    const at = Math.floor(random() * from.length);
    const first = from[at];
    // Any other one: a random step from the first.
    const second = from[(at + 1 + Math.floor(random() * (from.length - 1))) % from.length];
    return first && second && second.inFlight < first.inFlight ? second : first;
  };

  return {
    update: (urls) => {
      const known = (url: string) => candidates.get(url) ?? fresh(url);
      candidates = new Map(urls.map((url) => [url, known(url)]));
    },
    urls: () => [...candidates.keys()],
    pick: (tried) => {
      const all = [...candidates.values()];
      const usable = all.filter(({ ejectedUntil, isLost }) => ejectedUntil <= now() && !isLost);
      const untried = (from: readonly Candidate[]) =>
        from.filter(({ endpoint }) => !tried.includes(endpoint));
      // With all of them left out, leaving out helps nobody: one that has come back is among them.
      const chosen = ofTwo(untried(usable)) ?? ofTwo(usable) ?? ofTwo(untried(all)) ?? ofTwo(all);
      if (chosen) chosen.inFlight += 1;
      return chosen?.endpoint;
    },
    report: (endpoint, failure) => {
      const candidate = candidateOf(endpoint);
      if (!candidate) return false;
      candidate.inFlight -= 1;
      if (failure === undefined) Object.assign(candidate, { failures: 0, ejections: 0, isLost: false });
      else if (isBad(failure)) candidate.failures += 1;
      const isBroken = failure?.kind === 'connection';
      if (isBroken) candidate.isLost = true;
      const isOut = isBroken || candidate.failures >= FAILURES;
      // Calls that were under way when it was left out tell nothing new.
      if (!isOut || candidate.ejectedUntil > now()) return false;
      const longest = Math.min(EJECTION_MS.longest, EJECTION_MS.first * 2 ** candidate.ejections);
      candidate.ejections = Math.min(candidate.ejections + 1, 20);
      candidate.failures = 0;
      candidate.ejectedUntil = now() + longest * (0.5 + random() / 2);
      return true;
    },
    hasOther: (endpoint) =>
      [...candidates.values()].some(
        (one) => one.endpoint !== endpoint && one.failures === 0 && one.ejections === 0,
      ),
    isLost: (endpoint) => candidateOf(endpoint)?.isLost ?? false,
    found: (endpoint) => {
      const candidate = candidateOf(endpoint);
      if (candidate) candidate.isLost = false;
    },
  };
}

function fresh(url: string): Candidate {
  const endpoint = { url: new URL(url) };
  return { endpoint, inFlight: 0, failures: 0, ejections: 0, ejectedUntil: 0, isLost: false };
}

/** Whether the instance, and not the call, is to blame. */
function isBad(failure: Outcome): boolean {
  switch (failure.kind) {
    case 'connection':
      return true;
    case 'timeout':
      return failure.full;
    case 'http':
      return failure.status >= 500;
    case 'grpc':
      if (failure.code === 'DEADLINE_EXCEEDED') return failure.full;
      return ['UNAVAILABLE', 'INTERNAL', 'UNKNOWN', 'DATA_LOSS'].includes(failure.code);
    default:
      return false;
  }
}
