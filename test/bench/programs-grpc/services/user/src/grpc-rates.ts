// Calls per second of `GetUser` at two addresses in turn, `A_URL` and `B_URL`, as lines of JSON.
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const IN_FLIGHT = 20;
const { A_URL = '', B_URL = '', ROUNDS = '10', ROUND_MS = '1500' } = process.env;

const types = loadSync('user/v1/user.proto', { includeDirs: ['contracts/proto'] });
// biome-ignore lint/suspicious/noExplicitAny: what is loaded has no type.
const { path, requestSerialize, responseDeserialize } = (types['user.v1.UserService'] as any).GetUser;

async function rate(channel: Client): Promise<number> {
  const begun = performance.now();
  const end = begun + Number(ROUND_MS);
  let count = 0;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const done = (error: Error | null) => (error ? reject(error) : resolve());
      const deadline = Date.now() + 10_000;
      channel.makeUnaryRequest(path, requestSerialize, responseDeserialize, { id: '1' }, { deadline }, done);
    });
  const askAgain = async () => {
    while (performance.now() < end) {
      await ask();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, askAgain));
  return (count / (performance.now() - begun)) * 1_000;
}

const [a, b] = [A_URL, B_URL].map((address) => new Client(address, credentials.createInsecure()));
// The first pair only warms up.
for (let round = 0; a && b && round <= Number(ROUNDS); round++) {
  const pair = { a: await rate(a), b: await rate(b) };
  if (round > 0) console.log(JSON.stringify(pair));
}
process.exit(0);
