import type { BlockLiftService, CredentialStore, ImageProofMode, LockoutService } from '../../auth-modes/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type { Mailer } from '../../delivery/index.ts';
import type { LivenessService } from '../../liveness/index.ts';
import type { OneTimeCodeStore, SessionService } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { UserService, UserStore } from '../../users/index.ts';
import type { EarlierAccess } from '../earlier-access.ts';
import type { EmailConfirmationFlow } from '../email-confirmation.ts';
import type { EndAccessFlow } from '../end-access/index.ts';
import type { MailWordingDeps } from '../mail-wording.ts';
import { FirstImageMails } from './first-image.mail.ts';
import { ImageProofChange } from './image-proof.change.ts';
import { ImageProofEnrolment } from './image-proof.enrolment.ts';
import { imageProofErrors } from './image-proof.errors.ts';
import { ImageProofSignIn } from './image-proof.sign-in.ts';
import { ImageResetMails } from './image-reset.mail.ts';
import { ProofExchange } from './proof-exchange.ts';
import { ProofGuard } from './proof-guard.ts';
import { SignInTickets } from './sign-in-tickets.ts';

interface ImageProofNeeds extends ModuleBase {
  readonly directory: TenantDirectory;
  readonly users: UserService;
  readonly userStore: UserStore;
  readonly oneTimeCodes: OneTimeCodeStore;
  readonly sessions: SessionService;
  readonly endAccess: EndAccessFlow;
  readonly earlierAccess: EarlierAccess;
  readonly credentials: CredentialStore;
  readonly imageProofMode: ImageProofMode;
  readonly lockouts: LockoutService;
  readonly blockLifts: BlockLiftService;
  readonly liveness: LivenessService;
  readonly emailConfirmations: EmailConfirmationFlow;
  readonly mailer: Mailer;
  readonly mailServers: MailWordingDeps['mailServers'];
}

export const imageProof = {
  name: 'imageProof',
  errors: [imageProofErrors],
  create: ({ base, directory, users, userStore, sessions, endAccess, lockouts, ...needs }: ImageProofNeeds) => {
    const { imageProofMode: mode, oneTimeCodes: codes, mailer, mailServers } = needs;
    const exchange = new ProofExchange({ ...base, codes, mode });
    const refused = () => imageProofErrors.IMAGE_PROOF_REFUSED();
    const guard = new ProofGuard({ ...base, lockouts, method: mode.type, refused });
    const signInTickets = new SignInTickets({ ...base, codes });
    const shared = {
      ...base,
      exchange,
      guard,
      mode,
      liveness: needs.liveness,
      confirmations: needs.emailConfirmations,
      codes,
      credentials: needs.credentials,
    };
    const enrolment = new ImageProofEnrolment({
      ...shared,
      directory,
      users,
      userStore,
      endAccess,
      earlierAccess: needs.earlierAccess,
      lockouts,
      blockLifts: needs.blockLifts,
    });
    return {
      services: {
        imageProofs: {
          /** Signs users in. */
          signIn: new ImageProofSignIn({ ...shared, users: userStore, tickets: signInTickets }),
          /** Gives accounts their image. */
          enrolment,
          /** Mails to users who have lost their image. */
          resets: new ImageResetMails({
            ...base,
            codes,
            credentials: needs.credentials,
            directory,
            enrolment,
            users: userStore,
            mailer,
            mailServers,
          }),
          /** Mails to users who were made without a secret. */
          firstMails: new FirstImageMails({ ...base, codes, mailer, mailServers }),
          /** Changes of users who prove their image once more. */
          change: new ImageProofChange({ ...shared, users: userStore, sessions }),
        },
        /** Tickets by which a browser begins the session of somebody who was proved. */
        signInTickets,
      },
      internals: {
        /** Challenges and messages; the module that keeps the keys of tenants registers them here. */
        proofExchange: exchange,
      },
    };
  },
} as const satisfies ServiceModule;
