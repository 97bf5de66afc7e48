import type { StepOf } from '../flow.ts';
import { ask } from '../graph.ts';
import type { Demands } from '../operations.generated.ts';
import { t } from '../texts/texts.ts';
import { createImageClient } from './image-client.ts';
import { ImageLoss } from './image-loss.tsx';
import { ImageRegistration } from './image-registration.tsx';
import { ImageSignIn } from './image-sign-in.tsx';
import { MailSent } from './mail-sent.tsx';
import type { ImageWays, WayProps } from './ways.ts';

/** @param tenant Its name. */
export function createWays(tenant: string, step: StepOf<'PasswordStep'>, demands: Demands): ImageWays {
  const ways: ImageWays = {
    signIn: (username = step.identifier ?? '') => ({
      title: t('imageSignIn.title'),
      content: <ImageSignIn {...shared()} username={username} />,
    }),
    register: () => ({ title: t('registration.title'), content: <ImageRegistration {...shared()} /> }),
    confirm: ({ username, email }) => ({
      title: t('emailCode.title'),
      content: <MailSent text={t('imageRegistration.confirm', { email })} signIn={ways.signIn(username)} />,
    }),
    lose: (clientId, username) => ({
      title: t('imageLoss.title'),
      content: <ImageLoss {...shared()} clientId={clientId} username={username} />,
    }),
    mailed: (username) => ({
      title: t('passwordReset.codeTitle'),
      content: <MailSent text={t('imageLoss.sent')} signIn={ways.signIn(username)} />,
    }),
  };
  const client = createImageClient(tenant, ask);
  const shared = (): WayProps => ({ step, demands, client, ways });
  return ways;
}
