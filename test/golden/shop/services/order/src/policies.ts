// Regenerated from msvc.yaml. If you edit it, it is never overwritten: a conflict is reported instead.

import { breaker } from '@app/chassis/breaker';
import { rest } from '@app/chassis/http';
import type { Policy } from '@app/chassis/rpc';

/** How each called service is called. */
export const policies = {
  user: {
    protocol: rest(),
    deadline: '800ms',
    retry: { attempts: 2 },
    breaker: breaker({ threshold: 5, resetTimeout: '30s' }),
  },
} satisfies Record<string, Policy>;
