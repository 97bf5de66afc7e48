import { type ReactNode, useEffect } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import { ask } from '../graph.ts';
import { type FactorMethod, RequestFactorPasskey, SubmitFactorPasskey } from '../operations.generated.ts';
import { SUBMIT_ID } from '../parts/buttons.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { provePasskey } from './ceremony.ts';

interface PasskeyFactorProps {
  readonly method: FactorMethod;
  /** Whether the button takes the focus when it appears. */
  readonly isFocused: boolean;
  /** Other things to do. */
  readonly actions: ReactNode;
}

/** Shows a passkey or security key as the second factor. */
export function PasskeyFactor({ method, isFocused, actions }: PasskeyFactorProps): ReactNode {
  const { tenant, handle, perform, send, refusal, notice, isBusy } = useStep();

  useEffect(() => {
    if (isFocused) document.getElementById(SUBMIT_ID)?.focus();
  }, [isFocused]);

  async function confirm(): Promise<Outcome> {
    const begun = await ask(RequestFactorPasskey, { input: { tenant: tenant?.name ?? null, handle, method } });
    if ('refusal' in begun) return begun;
    const used = await provePasskey(begun.data.requestFactorPasskey.options);
    return 'data' in used ? send(SubmitFactorPasskey, { method, credential: used.data }) : used;
  }

  return (
    <>
      <p className="intro">{t('passkey.factorIntro')}</p>
      <Form
        submit={t('passkey.factorSubmit')}
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={() => void perform(confirm)}
        actions={actions}
      />
    </>
  );
}
