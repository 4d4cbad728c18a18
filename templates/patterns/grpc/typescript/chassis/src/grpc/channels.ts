// One channel for each address that calls go to. Where instances come and go their addresses do, too: a channel that
// no call has used for a while is closed, as it would try for ever to reach one that is gone.
import { Client, credentials } from '@grpc/grpc-js';
import { LARGEST_MESSAGE } from './limits.ts';

const UNUSED_MS = 60_000;

const OPTIONS = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Nobody else's, from DNS, with retries of its own.
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_send_message_length': LARGEST_MESSAGE,
  'grpc.max_receive_message_length': LARGEST_MESSAGE,
  // A dependency that is back is called again within seconds; by default it may take two minutes.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.dns_min_time_between_resolutions_ms': 2_000,
  // A peer that is gone without a word is noticed while calls wait for it.
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

export interface Channels {
  /** Makes a call on the channel to `url`, which stays open until the call has ended. */
  use<T>(url: URL, call: (channel: Client) => Promise<T>): Promise<T>;
  close(): void;
}

interface Open {
  readonly channel: Client;
  calls: number;
  /** Instant of the monotonic clock at which its last call ended. */
  usedAt: number;
}

/** Channels that are opened when they are needed, and closed `unusedMs` after their last call, or up to twice that. */
export function createChannels(unusedMs = UNUSED_MS): Channels {
  const channels = new Map<string, Open>();
  let sweeping: NodeJS.Timeout | undefined;

  function channelTo({ protocol, host }: URL): Open {
    const known = channels.get(protocol + host);
    if (known) return known;
    const secure = protocol === 'grpcs:' ? credentials.createSsl() : credentials.createInsecure();
    const opened = { channel: new Client(`dns:///${host}`, secure, OPTIONS), calls: 0, usedAt: 0 };
    channels.set(protocol + host, opened);
    sweeping ??= setInterval(closeUnused, unusedMs).unref();
    return opened;
  }

  function closeUnused(): void {
    const unusedSince = performance.now() - unusedMs;
    for (const [address, { channel, calls, usedAt }] of channels) {
      if (calls > 0 || usedAt > unusedSince) continue;
      channel.close();
      channels.delete(address);
    }
  }

  return {
    async use(url, call) {
      const open = channelTo(url);
      open.calls += 1;
      try {
        return await call(open.channel);
      } finally {
        open.calls -= 1;
        open.usedAt = performance.now();
      }
    },
    close() {
      clearInterval(sweeping);
      sweeping = undefined;
      for (const { channel } of channels.values()) channel.close();
      channels.clear();
    },
  };
}
