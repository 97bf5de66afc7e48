import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { AccountAccess, NewUserMail } from '../../src/flows/index.ts';
import { canonicalUserId } from '../../src/users/index.ts';
import { toForeignCredential } from '../auth-modes/import-credential.input.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { toTreeReference } from '../groups/group-member.resolver.ts';
import { toAddress } from '../users/address.resolver.ts';
import { userById } from '../users/user.loader.ts';
import { toUserInput } from '../users/user.resolver.ts';
import { CHANGE_USER_ERRORS, CREATE_USER_ERRORS } from '../users/user-errors.ts';
import {
  ConfigureUserInput,
  ConfigureUserPayload,
  ProvisionUserInput,
  ProvisionUserPayload,
} from './provision-user.input.ts';
import type { RoleReferenceInput } from './role.input.ts';
import { toRoleReferences } from './role-reference.ts';

async function toAccess(
  context: GraphContext,
  { addresses, password, isPasswordTemporary, roles, groups }: ProvisionUserInput | ConfigureUserInput,
  removedRoles: readonly RoleReferenceInput[] = [],
): Promise<AccountAccess> {
  const asked = { password, roles: [...(roles ?? []), ...removedRoles], groups: groups ?? [] };
  context.services.provisionUser.assertMayGive(context.authority, asked);
  return {
    password: password ?? null,
    isPasswordTemporary: isPasswordTemporary ?? false,
    roles: await toRoleReferences(context, roles ?? [], 'input.roles'),
    groups: (groups ?? []).map(toTreeReference),
    ...(addresses == null ? {} : { addresses: addresses.map(toAddress) }),
  };
}

/** What mails new users; null: nothing is mailed. */
export async function toFirstImageMail(
  { authority, services, tenants }: GraphContext,
  isMailed: boolean | null | undefined,
): Promise<NewUserMail | null> {
  if (isMailed !== true) return null;
  return services.oauth.imageProofs.firstImageMail(authority, tenants.get(authority.tenant.id)!);
}

/** Users with what they sign in with and what they may do, in one unit of work. */
@Resolver()
export class ProvisionUserResolver {
  @RequiresScopes(['user:create'])
  @Errors(
    ...CREATE_USER_ERRORS,
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'ROLE_NOT_FOUND',
    'ROLE_CLIENT_NOT_FOUND',
    'GROUP_NOT_FOUND',
    'PERMISSION_ESCALATION',
  )
  @Mutation(() => ProvisionUserPayload, {
    description: 'Creates a user account with its password, roles, groups and addresses, all or nothing.',
  })
  async provisionUser(
    @Arg('input', () => ProvisionUserInput, { description: 'The account.' }) input: ProvisionUserInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const { subject, isEnabled } = input;
    const account = { ...toUserInput(input), id: subject, enabled: isEnabled ?? true };
    const access = await toAccess(context, input);
    const credentials = (input.credentials ?? []).map(toForeignCredential);
    const mail = await toFirstImageMail(context, input.isFirstImageMailed);
    const user = await context.services.provisionUser.provision(context.authority, {
      ...account,
      ...access,
      credentials,
      mail,
    });
    return { subject: user.id, user };
  }

  @RequiresScopes(['user:write'])
  @Errors(
    ...CHANGE_USER_ERRORS,
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'ROLE_NOT_FOUND',
    'ROLE_CLIENT_NOT_FOUND',
    'GROUP_NOT_FOUND',
    'PERMISSION_ESCALATION',
    'ACCOUNT_GUARDED',
    'ADMINISTRATOR_LAST',
    'REAUTHENTICATION_REQUIRED',
    'USER_ID_FIXED',
  )
  @Mutation(() => ConfigureUserPayload, {
    description:
      'Changes a user account, its password, roles, groups and addresses, all or nothing. Roles and groups are added, after `removedRoles` were withdrawn. A username is ignored where the setting `changeUsername` of the tenant is off, unless `canChangeUsername` is true.',
  })
  async configureUser(
    @Arg('input', () => ConfigureUserInput, { description: 'What to change.' }) input: ConfigureUserInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const { authority, loaders, services } = context;
    const { expectedSubject, isEnabled, removedRoles } = input;
    const userId = canonicalUserId(keyOf('User', input.userId, 'input.userId'));
    await services.provisionUser.configure(authority, userId, {
      ...toUserInput(input),
      ...(await toAccess(context, input, removedRoles ?? [])),
      removedRoles: await toRoleReferences(context, removedRoles ?? [], 'input.removedRoles'),
      ...(isEnabled == null ? {} : { enabled: isEnabled }),
      ...(expectedSubject == null ? {} : { expectedId: expectedSubject }),
      canChangeUsername: input.canChangeUsername ?? false,
      replacesAttributes: input.replaceAttributes ?? false,
    });
    return { user: await loaders.load<object | null>(userById, { tenantId: authority.tenant.id, key: userId }) };
  }
}
