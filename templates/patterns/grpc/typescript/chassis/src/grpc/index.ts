export { grpc } from './client.ts';
export type { Check } from './method.ts';
export { type GrpcOptions, grpcServer } from './part.ts';
