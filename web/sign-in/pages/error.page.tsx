import type { ReactNode } from 'react';
import { toWebAddress } from '../addresses.ts';
import { Frame } from '../parts/frame.tsx';
import type { Tenant } from '../state.ts';
import { t } from '../texts/texts.ts';

interface ErrorPageProps {
  readonly tenant: Tenant | null;
  readonly code: string;
  readonly text: string;
  readonly startAgainAt: string | null;
}

export function ErrorPage({ tenant, code, text, startAgainAt }: ErrorPageProps): ReactNode {
  const address = toWebAddress(startAgainAt);
  return (
    <Frame tenant={tenant} title={t('error.title')}>
      <p className="intro">{text}</p>
      {address === null ? (
        <p className="intro">{t('error.goBack')}</p>
      ) : (
        <a className="button primary" href={address} rel="noreferrer">
          {t('page.startAgain')}
        </a>
      )}
      <p className="hint code">{t('error.code', { code })}</p>
    </Frame>
  );
}
