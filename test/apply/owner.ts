import { hostname } from 'node:os';

/** Above the highest process id. */
export const dead = 2 ** 22 + 7;
export const owner = (pid: number, host = hostname()) =>
  JSON.stringify({ tool: 'create-msvc', pid, host, run: '00000000' });
