import type { ReactNode } from 'react';
import { t } from '../texts/texts.ts';

/** Groups of four can be typed without losing the place. */
const toGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

interface AppToSetUpProps {
  readonly secret: string;
  readonly uri: string;
  /** As a `data:` address. */
  readonly qrImage: string;
}

/** What a person does with an authenticator app before it shows codes. */
export function AppToSetUp({ secret, uri, qrImage }: AppToSetUpProps): ReactNode {
  return (
    <ol className="instructions">
      <li>
        {t('enrolment.scan')}
        <img className="qr" src={qrImage} alt={t('enrolment.qrImage')} />
        <span className="hint">{t('enrolment.secret')}</span>
        <code className="secret">{toGroups(secret)}</code>
        {uri.startsWith('otpauth://') && <a href={uri}>{t('enrolment.openApp')}</a>}
      </li>
      <li>{t('enrolment.confirm')}</li>
    </ol>
  );
}
