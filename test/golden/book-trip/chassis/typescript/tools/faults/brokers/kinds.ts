// The brokers that this system can run on beside the embedded one.
import type { Channel } from '@app/chassis/messaging';

export interface Kind {
  /** Also the name of its service in compose.yaml. */
  readonly name: string;
  /** Of its URLs. */
  readonly schemes: readonly string[];
  /** Whether clients stay with the address they are given, so that a link can be put between. */
  readonly linkable: boolean;
  /** Where the one of compose.yaml is; `env` has its secrets. */
  url(env: Readonly<Record<string, string>>): string;
  /** Who uses the broker that has these channels, and what is left in it; empty where nobody has and nothing is. */
  occupants(url: string, channels: readonly Channel[]): Promise<readonly string[]>;
  /** Makes what has to be there before services start. */
  prepare?(url: string, channels: readonly Channel[]): Promise<void>;
}

export const kinds: readonly Kind[] = [
  {
    name: 'rabbitmq',
    schemes: ['amqp', 'amqps'],
    linkable: true,
    url: (env) => `amqp://admin:${env.ADMIN_BROKER_PASSWORD}@127.0.0.1:5672/`,
    occupants: async (url, channels) => {
      const { occupantsOf } = await import('../../../src/messaging/rabbitmq/occupants.ts');
      return occupantsOf(url, channels);
    },
  },
];
