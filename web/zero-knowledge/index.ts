/** Sign-in with an image, a PIN or a pattern, of which the service learns nothing. `README.md` shows how it is used. */
export type { ChallengeAnswer } from './challenge.ts';
export {
  audienceOf,
  type Change,
  type EmailChange,
  ImageProofClient,
  type ImageProofClientOptions,
  type Registration,
  type Reset,
  type SignIn,
} from './client.ts';
export { ProofError, type ProofFault } from './errors.ts';
export { type FactorRules, type GridSide, LEAST_POINTS, type ProofFactor } from './factor.ts';
export { FetchTransport, type FetchTransportOptions } from './fetch-transport.ts';
export { MAX_IMAGE_BYTES } from './image.ts';
export { type DeriveSecret, deriveSecret, type ImageChoice, type ProofSecret, type SecretRequest } from './secret.ts';
export { deriveInWorker } from './secret-worker.ts';
export { PROOF_VERSION, type ProofIdentity } from './transcript.ts';
export type {
  AuthenticationMessage,
  BitErrorReport,
  ChallengeRequest,
  CommitmentMessage,
  EmailMessage,
  LogData,
  ProofTransport,
  RegistrationMessage,
  ResetMessage,
  ResetRequest,
  SignInTicket,
} from './transport.ts';
export { type InputFault, TransportError, type TransportFault } from './transport-error.ts';
