import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import type { Answer } from '../graph.ts';
import { SubmitSignInTicket } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { readValues } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import type { UsedPasskey } from './ceremony.ts';
import { askForPasskey, offerPasskeys, type PasskeyRequest, redeemPasskey } from './sign-in.ts';

export interface PasskeySignInProps {
  /** Whether one account alone may sign in. */
  readonly isIdentifierFixed: boolean;
}

/**
 * Signs in with a passkey: by a button, and by a choice in the field of the name where the browser offers that. A name is not needed, but
 * a typed one finds passkeys that are not discoverable as well.
 */
export function PasskeySignIn({ isIdentifierFixed }: PasskeySignInProps): ReactNode {
  const { tenant, handle, perform, send, setIdentifier } = useStep();
  const root = useRef<HTMLDivElement>(null);
  const offer = useRef<AbortController | null>(null);
  const [round, setRound] = useState(0);
  const place = { tenant: tenant?.name ?? null, handle };

  const readTyped = () => {
    const { identifier = '', isRemembered } = readValues(root.current!.closest('form')!);
    return { identifier: identifier.trim() === '' ? null : identifier, isRemembered: isRemembered === 'on' };
  };

  /** Goes on with the passkey that is found. Where none is, passkeys are offered again; one that was refused would be refused again. */
  async function signIn(request: PasskeyRequest, find: () => Promise<Answer<UsedPasskey>>): Promise<void> {
    const { isRemembered } = readTyped();
    if (request.identifier !== null) setIdentifier(request.identifier);
    await perform(async (): Promise<Outcome> => {
      const found = await find();
      if ('refusal' in found) {
        setRound((last) => last + 1);
        return found;
      }
      const proved = await redeemPasskey(request, found.data);
      return 'data' in proved ? send(SubmitSignInTicket, { ticket: proved.data, isRemembered }) : proved;
    });
  }

  function press(): void {
    // A browser shows one request at a time.
    offer.current?.abort();
    const request = { ...place, identifier: readTyped().identifier };
    void signIn(request, () => askForPasskey(request));
  }

  useEffect(() => {
    if (isIdentifierFixed) return;
    const controller = new AbortController();
    offer.current = controller;
    const request = { ...place, identifier: null };
    void offerPasskeys(request, controller.signal).then((passkey) => {
      if (passkey !== null && !controller.signal.aborted) void signIn(request, async () => ({ data: passkey }));
    });
    return () => controller.abort();
  }, [round]);

  return (
    <div ref={root}>
      <ActionButton onPress={press}>{t('passkey.signIn')}</ActionButton>
    </div>
  );
}
