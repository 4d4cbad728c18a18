// What the system is made of, for the tools that run it without Docker.

export interface Service {
  readonly name: string;
  readonly language: 'typescript';
  /** Port on this machine; the next free one is taken where it is in use. */
  readonly port: number;
  /** Its further ports, by the variable that sets them. */
  readonly ports: Readonly<Record<string, number>>;
  /** Name of its database and of the role that owns it. */
  readonly database: string;
  /** Services it calls; it gets their URLs as `<SERVICE>_URL`. */
  readonly calls: readonly string[];
}

export interface System {
  readonly name: string;
  readonly services: readonly Service[];
  /** Whether messages are sent: then the database `bus` stands in for the broker. */
  readonly broker: boolean;
}

export const system: System = {
  name: 'my-app',
  services: [
    { name: 'user', language: 'typescript', port: 3001, ports: {}, database: 'user', calls: [] },
    { name: 'order', language: 'typescript', port: 3002, ports: {}, database: 'order', calls: ['user'] },
    { name: 'inventory', language: 'typescript', port: 3003, ports: {}, database: 'inventory', calls: [] },
    { name: 'payment', language: 'typescript', port: 3004, ports: {}, database: 'payment', calls: [] },
  ],
  broker: true,
};
