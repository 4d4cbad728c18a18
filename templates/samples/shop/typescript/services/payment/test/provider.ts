// A card provider for tests: it remembers every authorization and every void, and who asked twice under one key.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outside } from '@app/chassis/saga';

interface Account {
  amount: number;
  authorizations: number;
  voids: number;
}

interface Asked {
  reference: string;
  amount: number;
  cardToken: string;
}

export async function startProvider(): Promise<Outside> {
  const accounts = new Map<string, Account>();
  const answers = new Map<string, object>();
  let delayMs = 0;

  const act = (path: string | undefined, { reference, amount, cardToken }: Asked): object => {
    const account = accounts.get(reference) ?? { amount: 0, authorizations: 0, voids: 0 };
    accounts.set(reference, account);
    if (path === '/voids') {
      if (account.authorizations > 0) account.voids++;
      return {};
    }
    if (cardToken === 'tok_declined') return { approved: false, reason: 'declined' };
    Object.assign(account, { amount, authorizations: account.authorizations + 1 });
    return { approved: true };
  };

  const server = createServer(async (request, response) => {
    const key = `${request.url} ${request.headers['idempotency-key']}`;
    const asked = await read(request);
    // The slow part comes after the effect: who has lost patience does not know what was done.
    const answer = answers.get(key) ?? act(request.url, asked);
    answers.set(key, answer);
    await sleep(delayMs);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    env: { CARD_PROVIDER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    delay: (ms) => {
      delayMs = ms;
    },
    steps: ['authorization'],
    entries: () =>
      [...accounts].map(([key, { amount, authorizations, voids }]) => ({
        key,
        step: 'authorization',
        state: authorizations > voids ? 'done' : 'undone',
        facts: { amount },
      })),
    audit: () =>
      [...accounts].flatMap(([key, { authorizations, voids }]) =>
        authorizations > 1 || voids > authorizations
          ? [`order ${key} was authorized ${authorizations} times and voided ${voids} times`]
          : [],
      ),
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}
