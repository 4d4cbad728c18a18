// What a broker's URL says:
//   kafka://[user:password@]host[,host...][:port][?sasl=plain|scram-sha-256|scram-sha-512]
// All hosts listen on one port (9092). `kafka+ssl:` is the same through TLS; an authority of one's own is named
// by NODE_EXTRA_CA_CERTS.
import type { SASLOptions } from 'kafkajs';

const PORT = '9092';
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export interface Address {
  /** `host:port` of the brokers that are asked first. */
  readonly brokers: string[];
  readonly ssl: boolean;
  readonly sasl?: SASLOptions;
}

/** @throws for a mechanism that is not known, or a user without a password */
export function parseAddress(text: string): Address {
  const url = new URL(text);
  const brokers = url.hostname.split(',').map((host) => `${host}:${url.port || PORT}`);
  const ssl = url.protocol === 'kafka+ssl:';
  if (!url.username) return { brokers, ssl };
  if (!url.password) throw new Error(`BROKER_URL has no password for "${url.username}".`);
  const asked = url.searchParams.get('sasl') ?? 'scram-sha-512';
  const mechanism = MECHANISMS.find((name) => name === asked);
  if (!mechanism) throw new Error(`BROKER_URL has ?sasl=${asked}. Known are ${MECHANISMS.join(', ')}.`);
  const username = decodeURIComponent(url.username);
  return { brokers, ssl, sasl: { mechanism, username, password: decodeURIComponent(url.password) } };
}
