import type { Transport, TransportOptions } from './transport.ts';
import { transports } from './transports.ts';

/**
 * The transport for a broker's URL; nothing is connected yet.
 * @throws when no transport speaks the URL's scheme.
 */
export function openTransport(options: TransportOptions): Transport {
  const scheme = URL.canParse(options.url) ? new URL(options.url).protocol : '';
  const transport = transports[scheme];
  if (!transport) {
    const known = Object.keys(transports).map((name) => `${name}//`);
    const given = scheme ? `"${scheme}//"` : 'not a URL'; // The rest may hold a password.
    throw new Error(`BROKER_URL is ${given}. This system speaks ${known.join(', ')}.`);
  }
  return transport(options);
}
