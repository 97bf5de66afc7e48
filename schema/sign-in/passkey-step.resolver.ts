import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { enterStep, STEP_ERRORS } from './interaction.context.ts';
import {
  RequestFactorPasskeyInput,
  RequestFactorPasskeyPayload,
  SubmitFactorPasskeyInput,
  SubmitFactorPasskeyPayload,
} from './passkey-step.input.ts';

/** Passkeys and security keys in the step of the second factor. Every caller may use them: handle and browser are the authority. */
@Resolver()
export class PasskeyStepResolver {
  @Errors(...STEP_ERRORS, 'PASSKEYS_DISABLED')
  @Mutation(() => RequestFactorPasskeyPayload, {
    description:
      'The step `FactorStep`: what a browser shows a passkey or security key with; `submitFactorPasskey` goes on. Only once per request.',
  })
  async requestFactorPasskey(
    @Arg('input', () => RequestFactorPasskeyInput, { description: 'The sign-in.' })
    { handle, method }: RequestFactorPasskeyInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RequestFactorPasskeyPayload> {
    const entered = await enterStep(context, info, handle);
    const { interactionSteps } = context.services;
    return { options: await interactionSteps.requestFactorPasskey(...entered, method ?? 'passkey') };
  }

  @Errors(...STEP_ERRORS, 'PASSKEY_REFUSED', 'PASSKEYS_DISABLED')
  @Mutation(() => SubmitFactorPasskeyPayload, {
    description: 'The step `FactorStep`: shows a passkey or security key as the second factor. Only once per request.',
  })
  async submitFactorPasskey(
    @Arg('input', () => SubmitFactorPasskeyInput, { description: 'The passkey or security key.' })
    { handle, method, credential: { userHandle, ...response } }: SubmitFactorPasskeyInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    const entered = await enterStep(context, info, handle);
    const assertion = { ...response, userHandle: userHandle ?? null };
    return context.services.interactionSteps.submitFactorPasskey(...entered, {
      method: method ?? 'passkey',
      assertion,
    });
  }
}
