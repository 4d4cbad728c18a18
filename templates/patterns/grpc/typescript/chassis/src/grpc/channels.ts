// One channel for each address that calls go to. Where instances come and go their addresses do, too: a channel that
// no call has used for a while is closed, as it would try for ever to reach one that is gone.
import { Client, connectivityState, credentials } from '@grpc/grpc-js';
import { LARGEST_MESSAGE } from './limits.ts';

const UNUSED_MS = 60_000;

const OPTIONS = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Nobody else's, from DNS, with retries of its own.
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_send_message_length': LARGEST_MESSAGE,
  'grpc.max_receive_message_length': LARGEST_MESSAGE,
  // What one channel has seen of an address, a new one does not know.
  'grpc.use_local_subchannel_pool': 1,
  // An address of several that is back is called again within seconds; by default it may take two minutes.
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
  /** No call is given to it any more. */
  isGivenUp: boolean;
  /** Instant of the monotonic clock at which its last call ended. */
  usedAt: number;
}

/** Channels that are opened when they are needed, and closed `unusedMs` after their last call, or up to twice that. */
export function createChannels(unusedMs = UNUSED_MS): Channels {
  const channels = new Map<string, Open>();
  let sweeping: NodeJS.Timeout | undefined;

  function channelTo(url: URL): Open {
    const known = channels.get(addressOf(url));
    if (known && !reachesNobody(known)) return known;
    if (known) giveUp(url, known);
    const secure = url.protocol === 'grpcs:' ? credentials.createSsl() : credentials.createInsecure();
    const channel = new Client(`dns:///${url.host}`, secure, OPTIONS);
    const opened = { channel, calls: 0, isGivenUp: false, usedAt: 0 };
    channels.set(addressOf(url), opened);
    sweeping ??= setInterval(closeUnused, unusedMs).unref();
    return opened;
  }

  function giveUp(url: URL, open: Open): void {
    open.isGivenUp = true;
    channels.delete(addressOf(url));
    closeGivenUp(open);
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
        closeGivenUp(open);
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

const addressOf = ({ protocol, host }: URL) => protocol + host;

/**
 * A channel that reaches nobody waits before it connects again, and refuses calls meanwhile, also when someone is there
 * again. Whether an address is called is for others to say: a new one connects at once.
 */
const reachesNobody = ({ channel }: Open) =>
  channel.getChannel().getConnectivityState(false) === connectivityState.TRANSIENT_FAILURE;

function closeGivenUp({ channel, calls, isGivenUp }: Open): void {
  if (isGivenUp && calls === 0) channel.close();
}
