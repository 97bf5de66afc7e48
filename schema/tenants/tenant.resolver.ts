import type { GraphQLResolveInfo } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ConfigureAdministrator } from '../../src/flows/index.ts';
import type {
  ConfigureTenant,
  CreateTenant,
  ExtraSettingsChange,
  Tenant,
  TenantKeys,
  TenantSettings,
  TenantSettingsChange,
  UpdateTenant,
} from '../../src/tenants/index.ts';
import type { TenantAdministrator } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given, toColumns } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import type { RequiredActionChangesInput } from './policy.types.ts';
import {
  BindTenantHostInput,
  BindTenantHostPayload,
  type ConfigureAdministratorInput,
  ConfigureTenantInput,
  ConfigureTenantPayload,
  CreateTenantInput,
  CreateTenantPayload,
  DeleteTenantInput,
  DeleteTenantPayload,
  TenantFilterInput,
  UnbindTenantHostInput,
  UnbindTenantHostPayload,
  UpdateExtraSettingsInput,
  UpdateExtraSettingsPayload,
  UpdateTenantInput,
  UpdateTenantPayload,
  UpdateTenantSettingsInput,
  UpdateTenantSettingsPayload,
} from './tenant.input.ts';
import { loadAdministrator, loadHosts, loadUserCount } from './tenant.loader.ts';
import { TenantAdministratorType, TenantConnection, TenantSettingsView, TenantType } from './tenant.type.ts';
import type { TenantSettingsInput } from './tenant-settings.input.ts';

/** What a change says about a user. */
const toAdministrator = ({ username, password, ...profile }: ConfigureAdministratorInput): ConfigureAdministrator => ({
  username,
  ...(password == null ? {} : { password }),
  ...given(profile, ['email', 'givenName', 'familyName']),
});

/** What a change says about the tenant itself. */
export const toChange = ({
  displayName,
  isEnabled,
  notBefore,
}: Pick<UpdateTenantInput, 'displayName' | 'notBefore'> & { isEnabled?: boolean | null }): UpdateTenant => ({
  ...(displayName === undefined ? {} : { displayName }),
  ...(notBefore === undefined ? {} : { notBefore }),
  ...(isEnabled == null ? {} : { enabled: isEnabled }),
});

/** Converts settings to the names under which they are stored. */
export function toSettings(settings: TenantSettingsInput | null | undefined): { settings?: object } {
  if (settings == null) return {};
  const { requiredActionChanges: actions, ...others } = settings;
  return {
    settings: {
      ...others,
      ...(others.lockout == null ? {} : { lockout: toColumns(others.lockout) }),
      ...(actions == null ? {} : { requiredActionChanges: toActionChanges(actions) }),
    },
  };
}

/** What an input says about a new tenant. */
export function toNewTenant({ settings, extraSettings, ...input }: CreateTenantInput): CreateTenant {
  return {
    ...toColumns(given(input)),
    ...toSettings(settings),
    ...(extraSettings == null ? {} : { extra: extraSettings }),
  } as CreateTenant;
}

const toActionChanges = (changes: RequiredActionChangesInput): object => ({
  ...given(changes),
  set: changes.set.map((action) => given(action)),
});

/** Settings of a tenant as they are shown, without the password for mails. */
function showSettings({ mailServer, ...settings }: TenantSettings, tenantId: string): object {
  if (mailServer === null) return { ...settings, mailServer, tenantId };
  const { passwordSealed, ...server } = mailServer;
  return { ...settings, mailServer: { ...server, hasPassword: passwordSealed !== null }, tenantId };
}

@Resolver(() => TenantType)
export class TenantResolver {
  @Reads('route')
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() tenant: Pick<Tenant, 'id' | 'route'>): string {
    return toGlobalId('Tenant', tenant, tenant.id);
  }

  @Reads()
  @FieldResolver(() => [String], {
    description:
      'Host names whose REST and OAuth paths serve this tenant alone. Its issuers also exist with each of them.',
  })
  hosts(@Root() tenant: TenantKeys, @Ctx() { loaders }: GraphContext): Promise<readonly string[]> {
    return loadHosts(loaders, tenant.id);
  }

  @Reads()
  @FieldResolver(() => Int, { description: 'How many users there are, without those of applications.' })
  userCount(@Root() tenant: TenantKeys, @Ctx() { loaders }: GraphContext): Promise<number> {
    return loadUserCount(loaders, tenant.id);
  }

  @Reads()
  @RequiresScopes(['user:read'])
  @FieldResolver(() => TenantAdministratorType, {
    nullable: true,
    description: 'The user whom the tenant was made with; null when there was none, or is no more.',
  })
  administrator(@Root() tenant: TenantKeys, @Ctx() { loaders }: GraphContext): Promise<TenantAdministrator | null> {
    return loadAdministrator(loaders, tenant.id);
  }

  @Reads('template', 'settings')
  @RequiresScopes(['setting:read'])
  @FieldResolver(() => TenantSettingsView, { nullable: true, description: 'The settings that apply.' })
  settings(@Root() tenant: Pick<Tenant, 'id' | 'template' | 'settings'>, @Ctx() { services }: GraphContext): object {
    return showSettings(services.tenants.settingsOf(tenant), tenant.id);
  }

  @Reads('extra')
  @RequiresScopes(['setting:read'])
  @FieldResolver(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Settings that the service keeps and does not use, by name.',
  })
  extraSettings(@Root() tenant: Pick<Tenant, 'extra'>): Record<string, unknown> {
    return tenant.extra;
  }

  @RequiresScopes(['tenant:read'])
  @Query(() => TenantType, { nullable: true, description: "The named tenant, else the caller's." })
  tenant(@Ctx() { services, authority }: GraphContext): Promise<Tenant | null> {
    return services.tenants.find(authority.tenant.id);
  }

  @RequiresScopes(['tenant:read'])
  @Query(() => TenantConnection, { description: "Tenants by name: the caller's, or all with `tenant:read:all`." })
  async tenants(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => TenantFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: TenantFilterInput,
  ): Promise<ConnectionData<TenantKeys>> {
    const request = toPageRequest(page, info, undefined, largestPage);
    const conditions = toColumns(given(filter ?? {}));
    return toConnection(await services.tenants.page(authority, conditions, request, columnsRead(info)));
  }

  @RequiresScopes(['tenant:create:all'])
  @Errors('TENANT_NAME_TAKEN', 'TENANT_NAME_INVALID', 'TENANT_NAME_RESERVED', 'TENANT_SETTING_INVALID')
  @Mutation(() => CreateTenantPayload, {
    description: 'Creates a tenant with its keys and builtin roles.',
  })
  async createTenant(
    @Arg('input', () => CreateTenantInput, { description: 'The tenant.' }) input: CreateTenantInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ tenant: Tenant }> {
    return { tenant: await services.tenants.create(authority, toNewTenant(input)) };
  }

  @RequiresScopes(['tenant:write'])
  @Errors('TENANT_PROTECTED')
  @Mutation(() => UpdateTenantPayload, { description: 'Changes a tenant.' })
  async updateTenant(
    @Arg('input', () => UpdateTenantInput, { description: 'What to change.' }) input: UpdateTenantInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ tenant: Tenant }> {
    return { tenant: await services.tenants.update(authority, toChange(input)) };
  }

  @RequiresScopes(['tenant:write', 'setting:write'])
  @Errors(
    'TENANT_PROTECTED',
    'TENANT_SETTING_INVALID',
    'TENANT_SETTING_NOT_FOUND',
    'USER_EMAIL_AMBIGUOUS',
    'USER_NOT_FOUND',
    'USER_USERNAME_INVALID',
    'USER_USERNAME_TAKEN',
    'USER_EMAIL_INVALID',
    'USER_EMAIL_TAKEN',
    'USER_ATTRIBUTE_REFUSED',
    'USER_ATTRIBUTE_UNMODIFIABLE',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'ACCOUNT_GUARDED',
    'REAUTHENTICATION_REQUIRED',
  )
  @Mutation(() => ConfigureTenantPayload, {
    description: 'Changes a tenant, its settings of all kinds and a user by whom it is administered, all or none.',
  })
  async configureTenant(
    @Arg('input', () => ConfigureTenantInput, { description: 'What to change.' }) input: ConfigureTenantInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ tenant: Tenant }> {
    const { settings, extraSettings } = input;
    const change = {
      ...toChange(input),
      ...toSettings(settings),
      ...(extraSettings == null ? {} : { extra: given(extraSettings) }),
    };
    const administrator = input.administrator == null ? null : toAdministrator(input.administrator);
    return {
      tenant: await services.configureTenant.configure(authority, change as ConfigureTenant, administrator),
    };
  }

  @RequiresScopes(['tenant:write:all'])
  @Errors('TENANT_HOST_INVALID', 'TENANT_HOST_TAKEN', 'TENANT_HOST_LIMIT')
  @Mutation(() => BindTenantHostPayload, {
    description:
      'Binds a host to a tenant: REST and OAuth paths there act on it alone, and its issuers exist with this host too.',
  })
  async bindTenantHost(
    @Arg('input', () => BindTenantHostInput, { description: 'The host.' }) { host }: BindTenantHostInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ tenant: Tenant }> {
    return { tenant: await services.tenants.bindHost(authority, host) };
  }

  @RequiresScopes(['tenant:write:all'])
  @Mutation(() => UnbindTenantHostPayload, {
    description:
      'Takes a host from a tenant. Tokens of its issuers with this host are refused for as long as the tenant does not have it.',
  })
  async unbindTenantHost(
    @Arg('input', () => UnbindTenantHostInput, { description: 'The host.' }) { host }: UnbindTenantHostInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ tenant: Tenant }> {
    return { tenant: await services.tenants.unbindHost(authority, host) };
  }

  @RequiresScopes(['setting:write'])
  @Errors('TENANT_SETTING_INVALID', 'USER_EMAIL_AMBIGUOUS')
  @Mutation(() => UpdateTenantSettingsPayload, {
    description: 'Changes settings of a tenant.',
  })
  async updateTenantSettings(
    @Arg('input', () => UpdateTenantSettingsInput, { description: 'What to change.' }) input: UpdateTenantSettingsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ settings: object }> {
    const patch = toSettings(input.settings).settings as TenantSettingsChange;
    const settings = await services.tenants.updateSettings(authority, patch);
    return { settings: showSettings(settings, authority.tenant.id) };
  }

  @RequiresScopes(['setting:write'])
  @Errors('TENANT_SETTING_NOT_FOUND')
  @Mutation(() => UpdateExtraSettingsPayload, {
    description: 'Changes settings that the service keeps for other programs and does not use, all or none.',
  })
  async updateExtraSettings(
    @Arg('input', () => UpdateExtraSettingsInput, { description: 'What to change.' }) input: UpdateExtraSettingsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<UpdateExtraSettingsPayload> {
    const { extra } = await services.tenants.updateExtra(authority, given(input) as ExtraSettingsChange);
    return { extraSettings: extra };
  }

  @RequiresScopes(['tenant:delete:all'])
  @Errors('TENANT_PROTECTED')
  @Mutation(() => DeleteTenantPayload, {
    description: 'Deletes a tenant and everything in it.',
  })
  async deleteTenant(
    @Arg('input', () => DeleteTenantInput, { description: 'The tenant.' }) _input: DeleteTenantInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteTenantPayload> {
    const { name } = await services.tenants.delete(authority);
    return { name };
  }
}
