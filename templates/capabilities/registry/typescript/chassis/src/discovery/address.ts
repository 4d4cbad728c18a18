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
export function advertisedHost(env: Readonly<Record<string, string | undefined>>): string {
  const { ADVERTISE_HOST, NODE_ENV } = addressEnv.parse(env);
  if (ADVERTISE_HOST) return ADVERTISE_HOST;
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const outer = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return NODE_ENV === 'production' && outer ? outer.address : '127.0.0.1';
}
