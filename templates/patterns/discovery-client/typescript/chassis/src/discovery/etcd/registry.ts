// Instances in etcd: a key for each, bound to a lease that ends when nobody renews it.
import { z } from 'zod';
import { about } from '../../waiting/index.ts';
import { type Instance, type RegistryFactory, TTL_SECONDS } from '../registry.ts';
import { createGateway, type Gateway, parseUrl } from './gateway.ts';

/** A watch is begun anew after this time, so that whatever it may have missed is missed for no longer. */
const WATCH_MS = 60_000;

const Lease = z.object({ ID: z.string(), TTL: z.coerce.number().default(0) });
const KeyValue = z.object({ key: z.string(), value: z.string().default('') });
const Listing = z.object({
  header: z.object({ revision: z.coerce.number() }),
  kvs: z.array(KeyValue).default([]),
});
const Change = z.object({
  canceled: z.boolean().optional(),
  events: z.array(z.object({ type: z.string().optional(), kv: KeyValue })).default([]),
});
const Value = z.object({ urls: z.array(z.url()) });

/** Registry for `etcd:`, `http:` and `https:` URLs; keys begin with the URL's path. */
export const etcdRegistry: RegistryFactory = (url) => {
  const { nodes, path } = parseUrl(url);
  const gateway = createGateway(nodes);
  const folderOf = (service: string) => `${path === '' ? '' : `/${path}`}/services/${service}/`;
  const keyOf = ({ service, id }: Instance) => encode(`${folderOf(service)}${id}`);
  let lease: string | undefined;

  return {
    announce: async (instance) => {
      if (lease === undefined || !(await isRenewed(gateway, lease))) lease = await grant(gateway);
      await putUnder(gateway, { key: keyOf(instance), value: encode(JSON.stringify(instance)), lease });
    },
    withdraw: async (instance) => {
      await gateway.call('/v3/kv/deleterange', { key: keyOf(instance) });
      if (lease !== undefined) await gateway.call('/v3/lease/revoke', { ID: lease });
    },
    follow: async (service, { onList, signal }) => {
      const folder = folderOf(service);
      const range = { key: encode(folder), range_end: encode(endOf(folder)) };
      const { header, kvs } = Listing.parse(await gateway.call('/v3/kv/range', range));
      const instances = new Map(kvs.map(({ key, value }) => [key, read(value, service)]));
      const tell = () => {
        if (!signal.aborted) onList([...instances.values()].flatMap((instance) => instance ?? []));
      };
      tell();
      const over = AbortSignal.timeout(about(WATCH_MS));
      const watch = { create_request: { ...range, start_revision: String(header.revision + 1) } };
      try {
        for await (const { result } of gateway.stream('/v3/watch', watch, AbortSignal.any([signal, over]))) {
          const { canceled, events } = Change.parse(result);
          // What comes next was compacted away: the list has to be asked for anew.
          if (canceled) return;
          for (const { type, kv } of events) {
            if (type === 'DELETE') instances.delete(kv.key);
            else instances.set(kv.key, read(kv.value, service));
          }
          if (events.length > 0) tell();
        }
      } catch (error) {
        if (!over.aborted) throw error;
      }
    },
    close: async () => {},
  };
};

async function grant(gateway: Gateway): Promise<string> {
  return Lease.parse(await gateway.call('/v3/lease/grant', { TTL: TTL_SECONDS })).ID;
}

/** False where the lease has ended, or was lost with etcd's data. */
async function isRenewed(gateway: Gateway, lease: string): Promise<boolean> {
  const { result } = await gateway.call('/v3/lease/keepalive', { ID: lease });
  return Lease.parse(result).TTL > 0;
}

/** Writes the key unless it is there: somebody may have deleted it under a lease that lives. */
async function putUnder(gateway: Gateway, put: { key: string; value: string; lease: string }): Promise<void> {
  const { key, lease } = put;
  await gateway.call('/v3/kv/txn', {
    compare: [{ key, target: 'LEASE', result: 'EQUAL', lease }],
    failure: [{ request_put: put }],
  });
}

const encode = (text: string) => Buffer.from(text).toString('base64');

/** The first key behind all that begin with `prefix`. */
const endOf = (prefix: string) =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

/** Undefined for what is no instance: anybody may write below our path. */
function read(value: string, service: string): Instance | undefined {
  try {
    const known = Value.extend({ id: z.string() }).parse(
      JSON.parse(Buffer.from(value, 'base64').toString('utf8')),
    );
    return { ...known, service };
  } catch {
    return undefined;
  }
}
