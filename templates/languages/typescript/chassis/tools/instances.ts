// Which processes run of each service, and on which ports.
import { WrongUsage } from './interrupt.ts';
import { freePort } from './ports.ts';
import { type Service, system } from './system.ts';

const MOST = 20;
/** A second instance of the service on 3002 is looked for from 3102 on. */
const PORTS_APART = 100;

export interface Instance {
  /** The name of the service; with `.2` behind it for the second one. */
  readonly label: string;
  readonly service: Service;
  /** By the variable that sets them; of HTTP is `PORT`. */
  readonly ports: Readonly<Record<string, number>>;
}

/** How often services run, by name, from `<service>=<number>`. One that is not named runs once. */
export type Scale = ReadonlyMap<string, number>;

/** @throws WrongUsage where one is not `<service>=<number>` */
export function parseScale(texts: readonly string[]): Scale {
  const names = system.services.map(({ name }) => name);
  return new Map(
    texts.map((text) => {
      const [name = '', count = ''] = text.split('=');
      if (!names.includes(name))
        throw new WrongUsage(`--scale "${text}": no such service. There are ${names.join(', ')}.`);
      if (!/^\d+$/.test(count) || Number(count) < 1 || Number(count) > MOST)
        throw new WrongUsage(`--scale "${text}": write --scale ${name}=3, with a number from 1 to ${MOST}.`);
      return [name, Number(count)];
    }),
  );
}

/** The first instance of each service on its own port; where one is in use, on the next free one. */
export async function chooseInstances(
  scale: Scale,
  onStep: (step: string) => void,
): Promise<readonly Instance[]> {
  const fixed = system.services.flatMap((service) => Object.values(portsOf(service)));
  const taken = new Set<number>();
  const instances: Instance[] = [];
  for (let number = 1; number <= Math.max(1, ...scale.values()); number++) {
    for (const service of system.services.filter(({ name }) => number <= (scale.get(name) ?? 1))) {
      const label = number === 1 ? service.name : `${service.name}.${number}`;
      const ports: Record<string, number> = {};
      for (const [variable, first] of Object.entries(portsOf(service))) {
        const preferred = first + PORTS_APART * (number - 1);
        const others = fixed.filter((other) => other !== preferred);
        const port = await freePort(preferred, new Set([...others, ...taken]));
        if (port !== preferred) onStep(`Port ${preferred} is in use: ${label} takes ${port}.`);
        taken.add(port);
        ports[variable] = port;
      }
      instances.push({ label, service, ports });
    }
  }
  return instances;
}

/** Those of its first instance, by the variable that sets them. */
export const portsOf = ({ port, ports }: Service): Instance['ports'] => ({ PORT: port, ...ports });
