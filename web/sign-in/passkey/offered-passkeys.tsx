import { type ReactNode, Suspense } from 'react';
import type { StepOf } from '../flow.ts';
import { later } from '../later.ts';
import { arePasskeysSupported } from './support.ts';

type PasswordStep = StepOf<'PasswordStep'>;

/** Loaded by those alone to whom passkeys are offered. */
const PasskeySignIn = later((parts) => parts.PasskeySignIn);

const isOffered = ({ offersPasskey }: PasswordStep): boolean => offersPasskey && arePasskeysSupported();

/** What the field of the name tells the browser. Passkeys are offered there, unless the name is fixed. */
export const identifierAutoComplete = (step: PasswordStep): string =>
  isOffered(step) && !step.isIdentifierFixed ? 'username webauthn' : 'username';

/** The way to sign in with a passkey, where the tenant offers it and the browser has it. */
export function OfferedPasskeys({ step }: { readonly step: PasswordStep }): ReactNode {
  if (!isOffered(step)) return null;
  return (
    <Suspense>
      <PasskeySignIn isIdentifierFixed={step.isIdentifierFixed} />
    </Suspense>
  );
}
