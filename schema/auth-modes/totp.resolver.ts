import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { type CredentialInfo, type TotpTarget, totpErrors } from '../../src/auth-modes/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireOnce } from '../directives/once.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import {
  AttachTotpInput,
  AttachTotpPayload,
  BeginTotpEnrolmentInput,
  BeginTotpEnrolmentPayload,
  DetachTotpInput,
  DetachTotpPayload,
  TotpPayload,
} from './totp.input.ts';

interface Changed {
  readonly userId: string;
  readonly credential: CredentialInfo;
}

const changed = (credential: CredentialInfo): Changed => ({ userId: credential.userId, credential });

@Resolver(() => TotpPayload)
export class TotpResolver {
  @RequiresScopes(['credential:write'], ['credential:write:self'])
  @Errors('USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => BeginTotpEnrolmentPayload, {
    description: 'Creates a secret for a code app (RFC 6238), to be shown to the user; `attachTotp` attaches the app.',
  })
  async beginTotpEnrolment(
    @Arg('input', () => BeginTotpEnrolmentInput, { description: 'The user.' }) input: BeginTotpEnrolmentInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<BeginTotpEnrolmentPayload> {
    const { secret, uri, qrImage } = await services.totp.begin(authority, keyOf('User', input.userId, 'input.userId'));
    return { secret, uri, qrCode: qrImage.toString('base64') };
  }

  @RequiresScopes(['credential:write'], ['credential:write:self'])
  @Errors(
    'TOTP_CODE_WRONG',
    'TOTP_SECRET_INVALID',
    'TOTP_ALREADY_ATTACHED',
    'TOTP_LIMIT_REACHED',
    'USER_NOT_FOUND',
    'REAUTHENTICATION_REQUIRED',
    'ACCOUNT_GUARDED',
  )
  @Mutation(() => AttachTotpPayload, {
    description:
      'Attaches a code app as a second factor when its code is right. A wrong code counts as a failed try at the second factor. Only once per request.',
  })
  async attachTotp(
    @Arg('input', () => AttachTotpInput, { description: 'The app and its code.' }) input: AttachTotpInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Changed> {
    requireOnce(info, signal, totpErrors.TOTP_CODE_WRONG);
    const { secret, code, name } = input;
    const userId = keyOf('User', input.userId, 'input.userId');
    return changed(await services.totp.attach(authority, { userId, secret, code, name: name ?? null }));
  }

  @RequiresScopes(['credential:delete'], ['credential:delete:self'])
  @Errors('TOTP_NOT_FOUND', 'USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => DetachTotpPayload, {
    description:
      'Detaches a code app. A second factor that is required stays required, even after the last app is detached.',
  })
  async detachTotp(
    @Arg('input', () => DetachTotpInput, { description: 'Which app.' }) input: DetachTotpInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<Changed> {
    return changed(await services.totp.detach(authority, targetOf(input)));
  }
}

/** @throws INVALID_INPUT The app is named in no way or in two ways. */
function targetOf({ credentialId, userId, ordinal }: DetachTotpInput): TotpTarget {
  if (credentialId != null && userId == null && ordinal == null) {
    return { id: keyOf('Credential', credentialId, 'input.credentialId') };
  }
  if (credentialId == null && userId != null && ordinal != null) {
    return { userId: keyOf('User', userId, 'input.userId'), ordinal };
  }
  throw invalidField('input.credentialId', 'TARGET_AMBIGUOUS', 'Give `credentialId`, or `userId` and `ordinal`.');
}
