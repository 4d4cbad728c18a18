export { etcdRegistry } from './registry.ts';
