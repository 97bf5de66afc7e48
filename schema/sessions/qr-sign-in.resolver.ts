import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import {
  ConfirmQrSignInInput,
  ConfirmQrSignInPayload,
  QrSignInType,
  RefuseQrSignInInput,
  RefuseQrSignInPayload,
} from './qr-sign-in.type.ts';

@Resolver()
export class QrSignInResolver {
  @RequiresScopes(['qr-sign-in:read'], ['qr-sign-in:read:self'])
  @Errors('QR_CODE_NOT_FOUND', 'QR_CODE_USED')
  @Query(() => QrSignInType, {
    nullable: true,
    description:
      'A sign-in that waits to be confirmed or refused, to be shown to the user first. Only users may call it.',
  })
  async qrSignIn(
    @Arg('code', () => String, { description: 'The code from the QR image.' }) code: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    // A QR sign-in has no owner yet: any user who sees the code may confirm it. The directive therefore treats it as the caller's.
    return { ...(await services.qrSignIn.find(authority, code)), userId: authority.caller.userId };
  }

  @RequiresScopes(['qr-sign-in:decide'], ['qr-sign-in:decide:self'])
  @Errors('QR_CODE_NOT_FOUND', 'QR_CODE_USED')
  @Mutation(() => ConfirmQrSignInPayload, {
    description: 'Signs in the browser that shows the code, as the calling user. Works once.',
  })
  async confirmQrSignIn(
    @Arg('input', () => ConfirmQrSignInInput, { description: 'The sign-in.' }) { code }: ConfirmQrSignInInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<ConfirmQrSignInPayload> {
    await services.qrSignIn.confirm(authority, code);
    return { code };
  }

  @RequiresScopes(['qr-sign-in:decide'], ['qr-sign-in:decide:self'])
  @Errors('QR_CODE_NOT_FOUND', 'QR_CODE_USED')
  @Mutation(() => RefuseQrSignInPayload, {
    description: 'Refuses to sign in the browser that shows the code. Works once.',
  })
  async refuseQrSignIn(
    @Arg('input', () => RefuseQrSignInInput, { description: 'The sign-in.' }) { code }: RefuseQrSignInInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RefuseQrSignInPayload> {
    await services.qrSignIn.refuse(authority, code);
    return { code };
  }
}
