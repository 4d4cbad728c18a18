// What was done to the system, and what was in hand at that moment.
import type { ProbeResult } from './report.ts';

export interface Fault {
  /** A service's label, `postgres`, `broker`. */
  readonly target: string;
  readonly kind: 'killed' | 'cut off' | 'slow' | 'frozen' | 'kept down' | 'restarted';
  /** Seconds since the start of the run. */
  readonly at: number;
  /** Sagas that had begun and not ended, as far as anyone outside knew. */
  readonly inFlight: number;
  /** A probe has no use for more in flight than what it is about. */
  readonly by: 'chance' | 'probe';
}

export interface Journal {
  readonly faults: readonly Fault[];
  readonly poison: readonly string[];
  /** Messages that were sent again. */
  duplicates: number;
  readonly probes: readonly ProbeResult[];
  /** What a probe did. */
  note(fault: Pick<Fault, 'target' | 'kind'>): void;
  /** What chance did; `inFlight` is what there was just before. */
  noteStrike(fault: Pick<Fault, 'target' | 'kind' | 'inFlight'>): void;
  notePoison(id: string): void;
  noteProbe(result: ProbeResult): void;
}

/** `inFlight` is asked at each fault of a probe. */
export function createJournal(inFlight: () => number): Journal {
  const start = performance.now();
  const faults: Fault[] = [];
  const poison: string[] = [];
  const probes: ProbeResult[] = [];
  const at = () => (performance.now() - start) / 1000;
  return {
    faults,
    poison,
    duplicates: 0,
    probes,
    note: (fault) => {
      faults.push({ ...fault, at: at(), inFlight: inFlight(), by: 'probe' });
    },
    noteStrike: (fault) => {
      faults.push({ ...fault, at: at(), by: 'chance' });
    },
    notePoison: (id) => {
      poison.push(id);
    },
    noteProbe: (result) => {
      probes.push(result);
    },
  };
}
