import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { imageProofErrors } from '../../src/flows/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { requireOnce } from '../directives/once.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import {
  ChangeOwnImageInput,
  ConfirmEmailInput,
  RequestEmailChangeInput,
  RequestOwnImageChallengeInput,
} from './image-proof.input.ts';
import {
  ChangeOwnImagePayload,
  ConfirmEmailPayload,
  RequestEmailChangePayload,
  RequestOwnImageChallengePayload,
} from './image-proof.type.ts';
import { IssuerKindName } from './oauth.type.ts';

/** Image proofs of users in a session, and what they change. */
@Resolver()
export class OwnImageResolver {
  @RequiresScopes(['credential:write:self'], ['email:change:self'])
  @Errors('IMAGE_PROOF_KEY_INVALID', 'USER_NOT_FOUND')
  @Mutation(() => RequestOwnImageChallengePayload, {
    description:
      'A challenge to the caller, who is a user in a session, for `changeOwnImage` or `requestEmailChange` in the same session. It lives for two minutes and works once.',
  })
  async requestOwnImageChallenge(
    @Arg('input', () => RequestOwnImageChallengeInput, { description: 'The key.' })
    { cipherKey }: RequestOwnImageChallengeInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RequestOwnImageChallengePayload> {
    return services.oauth.imageProofs.challengeOwn(authority, cipherKey);
  }

  @RequiresScopes(['credential:write:self'])
  @Errors('IMAGE_PROOF_VERSION_UNSUPPORTED', 'IMAGE_PROOF_REFUSED', 'USER_NOT_FOUND')
  @Mutation(() => ChangeOwnImagePayload, {
    description:
      'Gives the caller, who is a user in a session, another image after a proof of the present one, and ends the other sessions. An account without an image gets its first within five minutes after a sign-in. Only once per request.',
  })
  async changeOwnImage(
    @Arg('input', () => ChangeOwnImageInput, { description: 'The image.' })
    { issuerKind, ...change }: ChangeOwnImageInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ChangeOwnImagePayload> {
    requireOnce(info, signal, imageProofErrors.IMAGE_PROOF_REFUSED);
    const kind = issuerKind ?? IssuerKindName.NATIVE;
    await services.oauth.imageProofs.changeOwn(authority, { ...change, issuerKind: kind });
    return { isChanged: true };
  }

  @RequiresScopes(['email:change:self'])
  @Errors('USER_EMAIL_INVALID', 'IMAGE_PROOF_REFUSED', 'USER_NOT_FOUND')
  @Mutation(() => RequestEmailChangePayload, {
    description:
      'Mails a code to another address of the caller, who is a user in a session, after a proof of the image. `confirmEmail` takes the code within a day, and the account then has the address. Only once per request.',
  })
  async requestEmailChange(
    @Arg('input', () => RequestEmailChangeInput, { description: 'The address.' })
    { issuerKind, userId, ...change }: RequestEmailChangeInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RequestEmailChangePayload> {
    const tenant = requireTenant(context);
    const { services, authority, signal } = context;
    requireOnce(info, signal, imageProofErrors.IMAGE_PROOF_REFUSED);
    const kind = issuerKind ?? IssuerKindName.NATIVE;
    const id = keyOf('User', userId, 'input.userId');
    await services.oauth.imageProofs.requestEmailChange(authority, tenant, { ...change, userId: id, issuerKind: kind });
    return { isAccepted: true };
  }

  @Errors('TENANT_REQUIRED', 'EMAIL_CONFIRMATION_INVALID', 'USER_EMAIL_TAKEN', 'USER_USERNAME_TAKEN')
  @Mutation(() => ConfirmEmailPayload, {
    description:
      'Confirms the address to which a code was mailed. A new address becomes that of the account, and the former one gets a mail about that. The code works once.',
  })
  async confirmEmail(
    @Arg('input', () => ConfirmEmailInput, { description: 'The code.' }) { code }: ConfirmEmailInput,
    @Ctx() context: GraphContext,
  ): Promise<ConfirmEmailPayload> {
    const tenant = requireTenant(context);
    const { services, authority } = context;
    await services.oauth.imageProofs.confirmEmail(authority, tenant, code);
    return { isConfirmed: true };
  }
}
