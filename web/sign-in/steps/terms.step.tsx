import type { ReactNode } from 'react';
import { toWebAddress } from '../addresses.ts';
import { type StepOf, useStep } from '../flow.ts';
import { SubmitTerms } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';

export function TermsStep({ step: { text } }: { readonly step: StepOf<'TermsStep'> }): ReactNode {
  const { application, submit, refusal, notice, isBusy } = useStep();
  const address = toWebAddress(application?.tosUri ?? null);
  return (
    <>
      <p className="intro">{t('terms.intro')}</p>
      {text !== null && (
        <section className="terms" aria-label={t('page.terms')}>
          {text}
        </section>
      )}
      {text === null && address !== null && (
        <p className="intro">
          <a href={address} target="_blank" rel="noreferrer">
            {t('page.terms')}
          </a>
        </p>
      )}
      <Form
        submit={t('terms.accept')}
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={() => void submit(SubmitTerms, { isAccepted: true })}
        actions={
          <ActionButton onPress={() => void submit(SubmitTerms, { isAccepted: false })}>
            {t('terms.refuse')}
          </ActionButton>
        }
      />
    </>
  );
}
