import { z } from 'zod';
import type { Transport, TransportOptions } from './transport.ts';
import { transports } from './transports.ts';

const schemeOf = (url: string) => (URL.canParse(url) ? new URL(url).protocol : '');

const known = () => Object.keys(transports).map((scheme) => `${scheme}//`);

/** The variable that names the broker. */
export const brokerEnv = z.object({
  BROKER_URL: z
    .string()
    .refine((url) => schemeOf(url) in transports, { error: () => `expected ${known().join(' or ')}` })
    .describe('the broker'),
});

/**
 * The transport for a broker's URL; nothing is connected yet.
 * @throws when no transport speaks the URL's scheme.
 */
export function openTransport(options: TransportOptions): Transport {
  const scheme = schemeOf(options.url);
  const transport = transports[scheme];
  if (!transport) {
    const given = scheme ? `"${scheme}//"` : 'not a URL'; // The rest may hold a password.
    throw new Error(`BROKER_URL is ${given}. This system speaks ${known().join(', ')}.`);
  }
  return transport(options);
}
