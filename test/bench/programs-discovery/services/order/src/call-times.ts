// Milliseconds of a call of the user service through deadline, breaker and discovery, and of the same call whose
// exchange takes no time. Prints a line of JSON for each round.
import { setTimeout as sleep } from 'node:timers/promises';
import { breaker } from '@app/chassis/breaker';
import { registered } from '@app/chassis/discovery';
import { rest } from '@app/chassis/http';
import { startService } from '@app/chassis/lifecycle';
import { calls, client, type Policy } from '@app/chassis/rpc';
import { silentLogger } from '@app/chassis/telemetry';
import { UserApi } from '@app/contracts/user';

const ROUNDS = 15;
const CALLS = { whole: 500, instant: 10_000 };

const { send, ...http } = rest();
const users = (protocol: Policy['protocol']) =>
  client(UserApi, {
    protocol,
    deadline: '10s',
    retry: { attempts: 2 },
    breaker: breaker({ threshold: 5, resetTimeout: '30s' }),
    resolver: registered,
  });
const whole = users({ ...http, send });
const instant = users({ ...http, send: async () => ({ id: '1', name: 'Ann', email: 'ann@bench.example' }) });
const service = await startService({ name: 'order', parts: [calls([whole, instant])] });

async function timeOf(user: typeof whole, count: number): Promise<number> {
  const begun = performance.now();
  for (let call = 0; call < count; call++) await user.getUser({ id: '1' }, { log: silentLogger });
  return (performance.now() - begun) / count;
}

// Ready as soon as it has learnt where calls may go.
while (!(await fetch(`http://127.0.0.1:${service.port}/readyz`)).ok) await sleep(10);
for (let round = 0; round <= ROUNDS; round++) {
  const pair = { a: await timeOf(instant, CALLS.instant), b: await timeOf(whole, CALLS.whole) };
  // The first round warms up.
  if (round > 0) process.stdout.write(`${JSON.stringify(pair)}\n`);
}
await service.stop();
