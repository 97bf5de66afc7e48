import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import {
  type Device,
  type DeviceKeys,
  parseUserAgent,
  type SessionRow,
  type UserAgent,
} from '../../src/sessions/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { joinKey, keyOf, toGlobalId } from '../global-id.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { SessionType } from '../sessions/session.type.ts';
import { UserType } from '../users/user.type.ts';
import { devicesOfUser } from './device.loader.ts';
import { DeviceType, RemoveDeviceInput, RemoveDevicePayload } from './device.type.ts';

@Resolver(() => DeviceType)
export class DeviceResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() device: DeviceKeys, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Device', tenants.get(device.tenantId)!, joinKey([device.userId, device.id]));
  }

  @Reads()
  @FieldResolver()
  deviceId(@Root() device: DeviceKeys): string {
    return device.id;
  }

  @Reads('userAgent')
  @FieldResolver()
  parsedUserAgent(@Root() device: Pick<Device, 'userAgent'>): UserAgent {
    return parseUserAgent(device.userAgent ?? null);
  }

  @RequiresScopes(['device:read'], ['device:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => [DeviceType], {
    nullable: 'items',
    description: 'Devices on which a user signed in, last used first; at most 100.',
  })
  devices(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<readonly Device[]> {
    return services.devices.list(authority, keyOf('User', userId, 'userId'));
  }

  @RequiresScopes(['device:delete'], ['device:delete:self'])
  @Errors('DEVICE_NOT_FOUND', 'USER_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => RemoveDevicePayload, {
    description: 'Removes a device of a user; sessions on it continue.',
  })
  async removeDevice(
    @Arg('input', () => RemoveDeviceInput, { description: 'The device.' }) input: RemoveDeviceInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RemoveDevicePayload> {
    const userId = keyOf('User', input.userId, 'input.userId');
    const device = await services.devices.remove(authority, userId, input.deviceId);
    return { removedDeviceId: toGlobalId('Device', authority.tenant, joinKey([device.userId, device.id])) };
  }
}

@Resolver(() => UserType)
export class UserDevicesResolver {
  @Reads()
  @RequiresScopes(['device:read'], ['device:read:self'])
  @FieldResolver(() => [DeviceType], {
    nullable: 'itemsAndList',
    description: 'Devices on which the user signed in, last used first; at most 100 are kept.',
  })
  devices(
    @Root() user: UserKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly DeviceKeys[]> {
    return loaders.loadColumns(devicesOfUser, { tenantId: user.tenantId, key: user.id }, columnsRead(info));
  }
}

@Resolver(() => SessionType)
export class SessionDeviceResolver {
  @Reads('deviceId')
  @RequiresScopes(['device:read'], ['device:read:self'])
  @FieldResolver(() => DeviceType, {
    nullable: true,
    description: 'The device of the session, while it is a known device.',
  })
  async device(
    @Root() session: Pick<SessionRow, 'tenantId' | 'userId' | 'deviceId'>,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DeviceKeys | null> {
    if (session.deviceId == null) return null;
    const key = { tenantId: session.tenantId, key: session.userId };
    const devices = await loaders.loadColumns(devicesOfUser, key, columnsRead(info));
    return devices.find(({ id }) => id === session.deviceId) ?? null;
  }
}
