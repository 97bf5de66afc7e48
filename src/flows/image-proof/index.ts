export type { FirstImageMails } from './first-image.mail.ts';
export type { AskEmailChange, ImageProofChange } from './image-proof.change.ts';
export type {
  ImageProofEnrolment,
  RegisterWithImage,
  ResetImage,
  SentCommitment,
} from './image-proof.enrolment.ts';
export { imageProofErrors } from './image-proof.errors.ts';
export type {
  AskChallenge,
  GivenChallenge,
  ImageProofSignIn,
  NamedRequest,
  ProvedSignIn,
  ProveSignIn,
} from './image-proof.sign-in.ts';
export type { AskImageReset, ImageResetMails } from './image-reset.mail.ts';
export type { MessageKey, ProofExchange } from './proof-exchange.ts';
export { ProofGuard } from './proof-guard.ts';
export type { ResetSecrets } from './reset-code.ts';
export type { SignInTicket, SignInTickets } from './sign-in-tickets.ts';
export type { WithLiveness } from './told-liveness.ts';
