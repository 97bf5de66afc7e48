import type { ReactNode } from 'react';
import type { StepOf } from '../flow.ts';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

export function OtherActionsStep({ step: { actions } }: { readonly step: StepOf<'OtherActionsStep'> }): ReactNode {
  return (
    <>
      <p className="intro" role="status">
        {t('otherActions.intro')}
      </p>
      <ul className="scopes" aria-label={t('otherActions.list')}>
        {actions.map((action) => (
          <li key={action}>{action}</li>
        ))}
      </ul>
      <Cancel />
    </>
  );
}
