import { type ReactNode, useEffect } from 'react';
import { leadTo, toWebAddress } from '../addresses.ts';
import { type StepOf, useStep } from '../flow.ts';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { t } from '../texts/texts.ts';

export function FinishedStep({ step: { continueAt } }: { readonly step: StepOf<'Finished'> }): ReactNode {
  const { application } = useStep();
  useEffect(() => leadTo(continueAt), [continueAt]);
  const address = toWebAddress(continueAt);
  return (
    <>
      <p className="intro" role="status">
        <Emphasis text={t('finished.intro', { application: NAME })} name={application?.name ?? t('theApplication')} />
      </p>
      {address !== null && (
        <a className="button" href={address}>
          {t('finished.continue')}
        </a>
      )}
    </>
  );
}
