import { serves } from '@app/chassis/contract';
import { conflict, notFound } from '@app/chassis/errors';
import { UserApi } from '@app/contracts/user';
import { createUser, findUser, listUsers } from './users.ts';

export const users = serves(UserApi, {
  getUser: async ({ id }, { db }) => {
    const user = await findUser(db, id);
    if (!user) throw notFound('User not found');
    return user;
  },
  listUsers: async (page, { db }) => ({ users: await listUsers(db, page) }),
  createUser: (input, { transaction }) =>
    transaction(async (tx) => {
      const user = await createUser(tx, input);
      if (!user) throw conflict('A user with this email address exists already');
      return user;
    }),
});
