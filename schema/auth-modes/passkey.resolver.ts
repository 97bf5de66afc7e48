import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { type Passkey, passkeyErrors } from '../../src/auth-modes/index.ts';
import { passkeySignInErrors } from '../../src/flows/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { requireOnce } from '../directives/once.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toGlobalId } from '../global-id.ts';
import {
  AddPasskeyInput,
  AddPasskeyPayload,
  BeginPasskeyRegistrationInput,
  BeginPasskeyRegistrationPayload,
  BeginPasskeySignInInput,
  BeginPasskeySignInPayload,
  PasskeyType,
  readNewPasskey,
  SignInWithPasskeyInput,
  SignInWithPasskeyPayload,
  WebauthnKindName,
} from './passkey.input.ts';

/** Refusals of callers who may not add a key now. */
const REGISTRATION_ERRORS = ['PASSKEYS_DISABLED', 'USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED'] as const;

function showPasskey(
  tenant: Pick<TenantRef, 'route'>,
  { id, type, label, createdAt, lastUsedAt, data }: Passkey,
): PasskeyType {
  const { transports, attachment, isBackedUp } = data;
  const credentialId = toGlobalId('Credential', tenant, id);
  return {
    credentialId,
    kind: type,
    label: label ?? null,
    createdAt,
    lastUsedAt: lastUsedAt ?? null,
    transports,
    attachment,
    isBackedUp,
  };
}

@Resolver()
export class PasskeyResolver {
  @RequiresScopes(['credential:write:self'])
  @Errors(...REGISTRATION_ERRORS)
  @Mutation(() => BeginPasskeyRegistrationPayload, {
    description:
      "Begins to add a passkey or security key to the caller's own account; `addPasskey` adds it. Only for users in a session of the tenant.",
  })
  async beginPasskeyRegistration(
    @Arg('input', () => BeginPasskeyRegistrationInput, { description: 'What is made.' })
    { kind, attachment }: BeginPasskeyRegistrationInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<BeginPasskeyRegistrationPayload> {
    const asked = { kind: kind ?? 'passkey', attachment: attachment ?? null } as const;
    return { options: await services.passkeys.registration.begin(authority, asked) };
  }

  @RequiresScopes(['credential:write:self'])
  @Errors('PASSKEY_INVALID', 'PASSKEY_TAKEN', 'PASSKEY_LIMIT_REACHED', ...REGISTRATION_ERRORS)
  @Mutation(() => AddPasskeyPayload, {
    description:
      "Adds a passkey or security key to the caller's own account, made from the options of `beginPasskeyRegistration` in the same session. Only once per request.",
  })
  async addPasskey(
    @Arg('input', () => AddPasskeyInput, { description: 'The passkey or security key.' }) input: AddPasskeyInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AddPasskeyPayload> {
    requireOnce(info, signal, passkeyErrors.PASSKEY_INVALID);
    const { kind, name, ...made } = input;
    const named = { ...readNewPasskey(made), name: name ?? null };
    const added = await services.passkeys.registration.add(authority, { ...named, kind: kind ?? 'passkey' });
    return { userId: added.userId, passkey: showPasskey(authority.tenant, added) };
  }

  @Errors('TENANT_REQUIRED', 'PASSKEYS_DISABLED')
  @Mutation(() => BeginPasskeySignInPayload, {
    description:
      'Begins a sign-in by a passkey; `signInWithPasskey` goes on. The answer does not tell whether somebody has the name.',
  })
  async beginPasskeySignIn(
    @Arg('input', () => BeginPasskeySignInInput, { description: 'Who.' })
    { identifier, requestId }: BeginPasskeySignInInput,
    @Ctx() context: GraphContext,
  ): Promise<BeginPasskeySignInPayload> {
    const tenant = requireTenant(context);
    const { services, caller: actor } = context;
    const asked = { tenant, identifier: identifier ?? null, requestId: requestId ?? null, actor };
    return { options: await services.passkeys.signIn.begin(asked) };
  }

  @Errors('TENANT_REQUIRED', 'PASSKEY_REFUSED', 'PASSKEYS_DISABLED', 'SIGN_IN_ACCOUNT_DISABLED')
  @Mutation(() => SignInWithPasskeyPayload, {
    description:
      'Proves by a passkey who signs in; the ticket begins the session. Every fault has the same answer and counts as a failed sign-in. Only once per request.',
  })
  signInWithPasskey(
    @Arg('input', () => SignInWithPasskeyInput, { description: 'What the browser got from the passkey.' })
    input: SignInWithPasskeyInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignInWithPasskeyPayload> {
    requireOnce(info, context.signal, passkeySignInErrors.PASSKEY_REFUSED);
    const tenant = requireTenant(context);
    const { identifier, requestId, userHandle, ...response } = input;
    const assertion = { ...response, userHandle: userHandle ?? null };
    const asked = { tenant, identifier: identifier ?? null, requestId: requestId ?? null, actor: context.caller };
    return context.services.passkeys.signIn.authenticate({ ...asked, assertion });
  }

  @RequiresScopes(['credential:read:self'], ['user:read:self'])
  @Query(() => [PasskeyType], {
    description: "The caller's passkeys and security keys in their order (`moveCredential`).",
  })
  async ownPasskeys(
    @Arg('kind', () => WebauthnKindName, { nullable: true, description: 'One kind alone. Default: both.' })
    kind: WebauthnKindName | null | undefined,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<PasskeyType[]> {
    const passkeys = await services.passkeys.registration.listOwn(authority, kind ?? null);
    return passkeys.map((passkey) => showPasskey(authority.tenant, passkey));
  }

  @Errors('TENANT_REQUIRED')
  @Query(() => [String], {
    description:
      'Origins of other sites whose pages may use the passkeys of the tenant (WebAuthn Level 3 section 5.11).',
  })
  passkeyOrigins(@Ctx() context: GraphContext): readonly string[] {
    return context.services.passkeys.parties.relatedOrigins(requireTenant(context));
  }
}
