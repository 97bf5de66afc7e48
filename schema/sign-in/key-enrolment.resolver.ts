import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Mutation, Resolver } from 'type-graphql';
import { readNewPasskey } from '../auth-modes/passkey.input.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { enterStep, STEP_ERRORS } from './interaction.context.ts';
import {
  RequestKeyEnrolmentInput,
  RequestKeyEnrolmentPayload,
  SubmitKeyEnrolmentInput,
  SubmitKeyEnrolmentPayload,
} from './key-enrolment.input.ts';

/** Passkeys and security keys that accounts have to make during a sign-in. Every caller may use them: handle and browser are the authority. */
@Resolver()
export class KeyEnrolmentResolver {
  @Errors(...STEP_ERRORS)
  @Mutation(() => RequestKeyEnrolmentPayload, {
    description:
      'The step `KeyEnrolmentStep`, which stays: what a browser makes the passkey or security key from; `submitKeyEnrolment` adds it. Only once per request.',
  })
  async requestKeyEnrolment(
    @Arg('input', () => RequestKeyEnrolmentInput, { description: 'The sign-in.' }) { handle }: RequestKeyEnrolmentInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    return context.services.interactionSteps.requestKeyEnrolment(...(await enterStep(context, info, handle)));
  }

  @Errors(...STEP_ERRORS, 'PASSKEY_INVALID', 'PASSKEY_TAKEN', 'PASSKEY_LIMIT_REACHED')
  @Mutation(() => SubmitKeyEnrolmentPayload, {
    description:
      'The step `KeyEnrolmentStep`: adds what was made, which counts as a second factor of this sign-in, and ends the demand for it. Only once per request.',
  })
  async submitKeyEnrolment(
    @Arg('input', () => SubmitKeyEnrolmentInput, { description: 'What was made.' })
    { handle, credential, name }: SubmitKeyEnrolmentInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object> {
    const entered = await enterStep(context, info, handle);
    const made = { ...readNewPasskey(credential), name: name ?? null };
    return context.services.interactionSteps.submitKeyEnrolment(...entered, made);
  }
}
