import type { ReactNode } from 'react';
import { toWebAddress } from '../addresses.ts';
import { Frame } from '../parts/frame.tsx';
import type { Application, Tenant } from '../state.ts';
import { t } from '../texts/texts.ts';

interface SignedOutProps {
  readonly tenant: Tenant | null;
  readonly application: Application | null;
  readonly returnTo: string | null;
}

export function SignedOutPage({ tenant, application, returnTo }: SignedOutProps): ReactNode {
  const address = toWebAddress(returnTo);
  return (
    <Frame tenant={tenant} title={t('signedOut.title')}>
      <p className="intro">{t('signedOut.intro')}</p>
      {address !== null && (
        <a className="button" href={address} rel="noreferrer">
          {application === null ? t('signedOut.returnPlain') : t('signedOut.return', { application: application.name })}
        </a>
      )}
    </Frame>
  );
}
