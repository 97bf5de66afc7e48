import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { AddressInput, UserAddress, UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { Reads } from '../kit/reads.ts';
import {
  CreateUserAddressInput,
  CreateUserAddressPayload,
  DeleteUserAddressInput,
  DeleteUserAddressPayload,
  type StandardAddressInput,
  UpdateUserAddressInput,
  UpdateUserAddressPayload,
} from './address.input.ts';
import { addressesOfUser } from './address.loader.ts';
import { UserAddressType } from './address.type.ts';
import { UserType } from './user.type.ts';

/** An address of any of the input types; for the service, a flag has no third value. */
export const toAddress = ({ isDefault, ...texts }: StandardAddressInput): AddressInput => ({
  ...texts,
  isDefault: isDefault ?? undefined,
});

@Resolver(() => UserAddressType)
export class UserAddressResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() address: UserAddress, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('UserAddress', tenants.get(address.tenantId)!, address.id);
  }

  @RequiresScopes(['user:write'], ['user:write:self'])
  @Errors('USER_NOT_FOUND', 'USER_ADDRESS_LIMIT', 'ACCOUNT_GUARDED')
  @Mutation(() => CreateUserAddressPayload, {
    description: 'Adds an address to a user, who may have 50.',
  })
  async createUserAddress(
    @Arg('input', () => CreateUserAddressInput, { description: 'The user and the address.' })
    input: CreateUserAddressInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ address: UserAddress }> {
    const userId = keyOf('User', input.userId, 'input.userId');
    return { address: await services.userAddresses.add(authority, userId, toAddress(input.address)) };
  }

  @RequiresScopes(['user:write'], ['user:write:self'])
  @Errors('USER_NOT_FOUND', 'USER_ADDRESS_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => UpdateUserAddressPayload, { description: 'Changes an address of a user.' })
  async updateUserAddress(
    @Arg('input', () => UpdateUserAddressInput, { description: 'What to change.' }) input: UpdateUserAddressInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ address: UserAddress }> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const addressId = keyOf('UserAddress', input.userAddressId, 'input.userAddressId');
    return { address: await services.userAddresses.update(authority, userId, addressId, toAddress(input.address)) };
  }

  @RequiresScopes(['user:write'], ['user:write:self'])
  @Errors('USER_NOT_FOUND', 'USER_ADDRESS_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => DeleteUserAddressPayload, { description: 'Deletes an address of a user.' })
  async deleteUserAddress(
    @Arg('input', () => DeleteUserAddressInput, { description: 'The user and the address.' })
    input: DeleteUserAddressInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteUserAddressPayload> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const addressId = keyOf('UserAddress', input.userAddressId, 'input.userAddressId');
    const deleted = await services.userAddresses.delete(authority, userId, addressId);
    return { deletedUserAddressId: toGlobalId('UserAddress', authority.tenant, deleted) };
  }
}

/** Fields of users that this file adds. */
@Resolver(() => UserType)
export class UserAddressesResolver {
  @Reads()
  @FieldResolver(() => [UserAddressType], {
    nullable: 'itemsAndList',
    description: 'Postal addresses of the user, oldest first: at most 50.',
  })
  addresses(@Root() { tenantId, id }: UserKeys, @Ctx() { loaders }: GraphContext): Promise<readonly UserAddress[]> {
    return loaders.load(addressesOfUser, { tenantId, key: id });
  }
}
