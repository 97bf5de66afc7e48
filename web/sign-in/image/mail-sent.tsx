import type { ReactNode } from 'react';
import { type Branch, useStep } from '../flow.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { t } from '../texts/texts.ts';

interface MailSentProps {
  readonly text: string;
  /** What comes after the link of the mail. */
  readonly signIn: Branch;
}

/** A mail has to be read before the sign-in goes on. */
export function MailSent({ text, signIn }: MailSentProps): ReactNode {
  const { open } = useStep();
  return (
    <>
      <p className="intro">{text}</p>
      <p className="hint">{t('image.noMail')}</p>
      <div className="actions">
        <ActionButton onPress={() => open(signIn)}>{t('imageSignIn.title')}</ActionButton>
      </div>
    </>
  );
}
