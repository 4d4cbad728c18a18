import type { Probe } from './probe.ts';

export const probes: readonly Probe[] = [];
