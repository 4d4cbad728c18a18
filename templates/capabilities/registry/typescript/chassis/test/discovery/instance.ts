// A service as a process of its own, to be killed: it answers with its pid, after some milliseconds.
import { type Part, startService } from '@app/chassis/lifecycle';
import { registration } from '../../src/discovery/index.ts';

const answering: Part = {
  name: 'answering',
  start: async () => ({
    listener: (_request, response) => {
      const body = JSON.stringify({ pid: process.pid });
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(body), 10);
    },
  }),
};

const service = await startService({ name: 'answering', parts: [answering, registration()] });
process.once('SIGTERM', async () => {
  await service.stop();
  process.exit(0);
});
