import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { imageProofErrors } from '../../src/flows/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { requireOnce } from '../directives/once.ts';
import {
  RegisterWithImageInput,
  RequestImageChallengeInput,
  RequestImageResetInput,
  ResetImageInput,
  SignInWithImageInput,
} from './image-proof.input.ts';
import {
  ImageProofDemands,
  RegisterWithImagePayload,
  RequestImageChallengePayload,
  RequestImageResetPayload,
  ResetImagePayload,
  SignInWithImagePayload,
} from './image-proof.type.ts';
import { IssuerKindName } from './oauth.type.ts';

/** Image proofs of people who are not signed in. Every caller may use them: the proof is the authority. */
@Resolver()
export class ImageProofResolver {
  @Errors('TENANT_REQUIRED')
  @Query(() => ImageProofDemands, {
    description: 'What belongs to an image proof of the tenant, for pages on which people prove or choose an image.',
  })
  imageProofDemands(@Ctx() context: GraphContext): ImageProofDemands {
    const { imageProof, offersImageSignIn, emailIsUsername } = requireTenant(context).settings;
    return { ...imageProof, isOffered: offersImageSignIn, isEmailUsername: emailIsUsername };
  }

  @Errors('TENANT_REQUIRED', 'IMAGE_PROOF_REQUEST_INVALID', 'IMAGE_PROOF_KEY_INVALID')
  @Mutation(() => RequestImageChallengePayload, {
    description:
      'A challenge to prove an image, whether or not there is such an account. It lives for two minutes and works once.',
  })
  async requestImageChallenge(
    @Arg('input', () => RequestImageChallengeInput, { description: 'The name and the key.' })
    { requestId, ...named }: RequestImageChallengeInput,
    @Ctx() context: GraphContext,
  ): Promise<RequestImageChallengePayload> {
    const tenant = requireTenant(context);
    const { services, authority } = context;
    return services.oauth.imageProofs.challenge(authority, tenant, { ...named, requestId: requestId ?? null });
  }

  @Errors(
    'TENANT_REQUIRED',
    'IMAGE_PROOF_REQUEST_INVALID',
    'IMAGE_PROOF_KEY_INVALID',
    'IMAGE_PROOF_REFUSED',
    'SIGN_IN_ACCOUNT_DISABLED',
  )
  @Mutation(() => SignInWithImagePayload, {
    description:
      'Proves an account by its image. Wrong proofs count in the lock-out of the account, for names that nobody has too. Only once per request.',
  })
  async signInWithImage(
    @Arg('input', () => SignInWithImageInput, { description: 'The proof.' })
    { issuerKind, requestId, ...proof }: SignInWithImageInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SignInWithImagePayload> {
    const tenant = requireTenant(context);
    const { services, authority, signal } = context;
    requireOnce(info, signal, imageProofErrors.IMAGE_PROOF_REFUSED);
    return services.oauth.imageProofs.signIn(authority, tenant, {
      ...proof,
      issuerKind: issuerKind ?? IssuerKindName.NATIVE,
      requestId: requestId ?? null,
    });
  }

  @Errors(
    'TENANT_REQUIRED',
    'IMAGE_PROOF_REQUEST_INVALID',
    'IMAGE_PROOF_VERSION_UNSUPPORTED',
    'IMAGE_PROOF_REGISTRATION_CLOSED',
    'IMAGE_PROOF_COMMITMENT_INVALID',
    'USER_USERNAME_INVALID',
    'USER_USERNAME_TAKEN',
    'USER_EMAIL_INVALID',
    'USER_EMAIL_TAKEN',
    'USER_ATTRIBUTE_INVALID',
    'USER_ATTRIBUTE_REFUSED',
  )
  @Mutation(() => RegisterWithImagePayload, {
    description:
      'Makes an account with an image, and mails a code that `confirmEmail` takes. Whether the name is free shows only after a right proof.',
  })
  async registerWithImage(
    @Arg('input', () => RegisterWithImageInput, { description: 'The account.' })
    { issuerKind, requestId, ...account }: RegisterWithImageInput,
    @Ctx() context: GraphContext,
  ): Promise<RegisterWithImagePayload> {
    requireTenant(context);
    const { services, authority } = context;
    const { id } = await services.oauth.imageProofs.register(authority, {
      ...account,
      issuerKind: issuerKind ?? IssuerKindName.NATIVE,
      requestId: requestId ?? null,
    });
    return { subject: id };
  }

  @Errors('TENANT_REQUIRED', 'IMAGE_PROOF_CLIENT_UNKNOWN')
  @Mutation(() => RequestImageResetPayload, {
    description:
      'Mails a code for another image to the account that has this name and this address, at most one in a minute and five in an hour. The answer is the same when there is no such account. An address of the network may ask 100 times in an hour.',
  })
  async requestImageReset(
    @Arg('input', () => RequestImageResetInput, { description: 'The account.' }) input: RequestImageResetInput,
    @Ctx() context: GraphContext,
  ): Promise<RequestImageResetPayload> {
    const tenant = requireTenant(context);
    const { services, authority } = context;
    await services.oauth.imageProofs.requestReset(authority, tenant, input);
    return { isAccepted: true };
  }

  @Errors('TENANT_REQUIRED', 'IMAGE_PROOF_VERSION_UNSUPPORTED', 'IMAGE_PROOF_CODE_INVALID')
  @Mutation(() => ResetImagePayload, {
    description:
      'Gives an account another image by a code from a mail, which is used up. Ends all sessions of the account and a block for wrong proofs, and confirms its address. Only once per request.',
  })
  async resetImage(
    @Arg('input', () => ResetImageInput, { description: 'The image and the code.' })
    { issuerKind, ...reset }: ResetImageInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ResetImagePayload> {
    requireTenant(context);
    const { services, authority, signal } = context;
    requireOnce(info, signal, imageProofErrors.IMAGE_PROOF_CODE_INVALID);
    await services.oauth.imageProofs.reset(authority, { ...reset, issuerKind: issuerKind ?? IssuerKindName.NATIVE });
    return { isChanged: true };
  }
}
