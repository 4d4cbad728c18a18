/** Who talks to whom, for diagrams. */

import type { Plan } from '../plan/plan.ts';

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** What travels: `calls` or `commands`. */
  readonly kind: string;
  /** Mermaid's arrow: solid for a call, dotted for messages. */
  readonly arrow: string;
}

/** Each pair of services once per kind. */
export function edgesOf({ services, saga }: Plan): readonly Edge[] {
  const calls = services.flatMap(({ name, calls }) =>
    calls.map((call) => ({ from: name, to: call.name, kind: 'calls', arrow: '-->' })),
  );
  const participants = new Set(saga?.steps.map(({ service }) => service.name) ?? []);
  const commands = [...participants].map((to) => ({
    from: saga?.initiator.name ?? '',
    to,
    kind: 'commands',
    arrow: '-.->',
  }));
  return [...calls, ...commands];
}
