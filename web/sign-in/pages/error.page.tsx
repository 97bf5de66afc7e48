import type { ReactNode } from 'react';
import { toWebAddress } from '../addresses.ts';
import { mailedCode } from '../mailed-code.ts';
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
  const mailed = code === 'INTERACTION_NOT_FOUND' ? mailedCode() : null;
  if (mailed !== null) return <OtherBrowser tenant={tenant} code={mailed} />;
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

/** A link from a mail was opened in another browser than the one that asked for it, which alone can go on. */
function OtherBrowser({ tenant, code }: Pick<ErrorPageProps, 'tenant' | 'code'>): ReactNode {
  return (
    <Frame tenant={tenant} title={t('otherBrowser.title')}>
      <p className="intro">{t('otherBrowser.intro')}</p>
      <p className="intro">
        <strong>{code}</strong>
      </p>
      <p className="hint">{t('otherBrowser.notAsked')}</p>
    </Frame>
  );
}
