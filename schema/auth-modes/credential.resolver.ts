import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { CredentialInfo } from '../../src/auth-modes/index.ts';
import { canonicalUserId } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { CredentialTypeObject } from './auth-modes.type.ts';
import {
  MoveCredentialInput,
  MoveCredentialPayload,
  RemoveCredentialInput,
  RemoveCredentialPayload,
  RemoveCredentialsInput,
  RemoveCredentialsPayload,
  RenameCredentialInput,
  RenameCredentialPayload,
} from './credential.input.ts';

const changed = (credential: CredentialInfo) => ({ userId: credential.userId, credential });

/** Changes of a credential whatever its type. */
@Resolver(() => CredentialTypeObject)
export class CredentialChangeResolver {
  @RequiresScopes(['credential:write'], ['credential:write:self'])
  @Errors('CREDENTIAL_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => RenameCredentialPayload, { description: 'Gives a credential of any type another name.' })
  async renameCredential(
    @Arg('input', () => RenameCredentialInput, { description: 'The credential and its name.' })
    { credentialId, label }: RenameCredentialInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const id = keyOf('Credential', credentialId, 'input.credentialId');
    return changed(await services.credentialChanges.rename(authority, id, label ?? null));
  }

  @RequiresScopes(['credential:delete'], ['credential:delete:self'])
  @Errors('CREDENTIAL_NOT_FOUND', 'CREDENTIAL_PASSWORD_NEEDED', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => RemoveCredentialPayload, {
    description:
      'Removes a credential of any type. A second factor that is required stays required. Users cannot remove their own password.',
  })
  async removeCredential(
    @Arg('input', () => RemoveCredentialInput, { description: 'The credential.' })
    { credentialId }: RemoveCredentialInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const id = keyOf('Credential', credentialId, 'input.credentialId');
    return changed(await services.credentialChanges.remove(authority, id));
  }

  @RequiresScopes(['credential:write'], ['credential:write:self'])
  @Errors('CREDENTIAL_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => MoveCredentialPayload, {
    description:
      'Puts a credential at another place among those of its user. Sign-in offers second factors in this order; new credentials come last.',
  })
  async moveCredential(
    @Arg('input', () => MoveCredentialInput, { description: 'The credential and its place.' })
    { credentialId, afterId }: MoveCredentialInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const id = keyOf('Credential', credentialId, 'input.credentialId');
    const after = afterId == null ? null : keyOf('Credential', afterId, 'input.afterId');
    return changed(await services.credentialChanges.move(authority, id, after));
  }

  @RequiresScopes(['credential:delete'], ['credential:delete:self'])
  @Errors('USER_NOT_FOUND', 'CREDENTIAL_PASSWORD_NEEDED', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => RemoveCredentialsPayload, {
    description:
      'Removes all credentials of one type of a user. It is no error when there are none. A second factor that is required stays required. Users cannot remove their own password.',
  })
  async removeCredentials(
    @Arg('input', () => RemoveCredentialsInput, { description: 'Whose credentials, and of which type.' })
    { userId, type }: RemoveCredentialsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const id = canonicalUserId(keyOf('User', userId, 'input.userId'));
    return { userId: id, credentials: await services.credentialChanges.removeAll(authority, id, type) };
  }
}
