import { api, operation } from '@app/chassis/contract';
import { z } from 'zod';
import { Id } from './ids.ts';

export const User = z.object({
  id: Id,
  name: z.string().min(1).max(200),
  email: z.email(),
});
export type User = z.infer<typeof User>;

const ada: User = { id: '1', name: 'Ada Lovelace', email: 'ada@example.com' };

export const UserApi = api('user', {
  getUser: operation({
    summary: 'One user',
    method: 'GET',
    path: '/api/users/:id',
    input: z.object({ id: Id }),
    output: User,
    errors: ['NotFound'],
    example: { input: { id: '1' }, output: ada },
  }),
  listUsers: operation({
    summary: 'Users in order of their ids, a page at a time',
    method: 'GET',
    path: '/api/users',
    input: z.object({ after: Id.optional(), limit: z.coerce.number().int().min(1).max(100).default(20) }),
    output: z.object({ users: z.array(User) }),
    pages: 'users',
    example: { input: { limit: 1 }, output: { users: [ada] } },
  }),
  createUser: operation({
    summary: 'Creates a user',
    method: 'POST',
    path: '/api/users',
    status: 201,
    location: (user) => `/api/users/${user.id}`,
    input: User.omit({ id: true }),
    output: User,
    idempotencyKey: true,
    errors: ['Conflict'],
    example: { input: { name: ada.name, email: ada.email }, output: ada },
  }),
});
