import { type ReactNode, useEffect } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import { ask } from '../graph.ts';
import { RequestFactorPasskey, SubmitFactorPasskey, type WebauthnKind } from '../operations.generated.ts';
import { SUBMIT_ID } from '../parts/buttons.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { provePasskey } from './ceremony.ts';
import { nameRefusal } from './refusal.ts';

interface PasskeyFactorProps {
  readonly kind: WebauthnKind;
  /** Whether the button takes the focus when it appears. */
  readonly isFocused: boolean;
  /** Other things to do. */
  readonly actions: ReactNode;
}

const WORDS = {
  PASSKEY: { intro: 'passkey.factorIntro', submit: 'passkey.factorSubmit' },
  SECURITY_KEY: { intro: 'securityKey.factorIntro', submit: 'securityKey.factorSubmit' },
} as const satisfies Readonly<Record<WebauthnKind, unknown>>;

/** Shows a passkey or a security key as the second factor. */
export function PasskeyFactor({ kind, isFocused, actions }: PasskeyFactorProps): ReactNode {
  const { tenant, handle, perform, send, refusal, notice, isBusy } = useStep();

  useEffect(() => {
    if (isFocused) document.getElementById(SUBMIT_ID)?.focus();
  }, [isFocused]);

  async function confirm(): Promise<Outcome> {
    const begun = await ask(RequestFactorPasskey, { input: { tenant: tenant?.name ?? null, handle, method: kind } });
    if ('refusal' in begun) return begun;
    const used = await provePasskey(begun.data.requestFactorPasskey.options);
    return 'data' in used ? send(SubmitFactorPasskey, { method: kind, credential: used.data }) : used;
  }

  return (
    <>
      <p className="intro">{t(WORDS[kind].intro)}</p>
      <Form
        submit={t(WORDS[kind].submit)}
        refusal={nameRefusal(kind, refusal)}
        notice={notice}
        isBusy={isBusy}
        onSubmit={() => void perform(confirm)}
        actions={actions}
      />
    </>
  );
}
