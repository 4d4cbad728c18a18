import { networkInterfaces } from 'node:os';
import { z } from 'zod';

/** How others reach this machine. */
export const addressEnv = z.object({
  NODE_ENV: z.string().optional(),
  ADVERTISE_HOST: z
    .string()
    .refine(isHost, 'expected a host name or an address, an IPv6 one in brackets')
    .optional()
    .describe('name or address under which others reach this instance'),
});

/** Whether it can stand in a URL as it is. */
function isHost(text: string): boolean {
  const address = `http://${text}:1`;
  return URL.canParse(address) && new URL(address).hostname === text.toLowerCase();
}

/** ADVERTISE_HOST, else this machine's first address on a network; in development, where all is local, loopback. */
export function advertisedHost(
  env: Readonly<Record<string, string | undefined>>,
  interfaces = networkInterfaces(),
): string {
  const { ADVERTISE_HOST, NODE_ENV } = addressEnv.parse(env);
  if (ADVERTISE_HOST) return ADVERTISE_HOST;
  if (NODE_ENV !== 'production') return '127.0.0.1';
  const outer = Object.values(interfaces).flatMap((all) => all?.filter(({ internal }) => !internal) ?? []);
  const [v4] = outer.filter(({ family }) => family === 'IPv4');
  if (v4) return v4.address;
  // One with a scope is known on its own link only.
  const v6 = outer.find(({ family, scopeid }) => family === 'IPv6' && !scopeid);
  if (!v6) throw new Error('ADVERTISE_HOST is missing: this machine has no address on a network');
  return `[${v6.address}]`;
}
