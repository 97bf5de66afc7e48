import type { ChallengeAnswer } from './challenge.ts';

/** What a client may tell about an attempt. The service believes nothing of it, and it must contain nothing of image, PIN or pattern. */
export interface LogData {
  readonly userAgent?: string;
  readonly platform?: string;
  readonly method?: 'PIN' | 'PATTERN' | 'NONE';
  readonly durationMilliseconds?: number;
}

/**
 * How well a client decoded the image, where it decodes one: this library does not, because the bytes of the file count. The service decides
 * nothing by it, and it must contain nothing of image, PIN or pattern.
 */
export interface BitErrorReport {
  /** Bits that were compared, and how many of them differed. */
  readonly countBits: number;
  readonly errorBits: number;
  /** Share of the bits that differed, as a decimal number: `0.29`. At most 32 characters. */
  readonly errorPercent: string;
  /** Width and height of the image, in pixels. */
  readonly imageSize: readonly [width: number, height: number];
  /** Version of the decoder, at most 64 characters. */
  readonly algorithmVersion: string;
}

export interface ChallengeRequest {
  readonly username: string;
  readonly cipherKey: string;
  /** The request for a sign-in to which it belongs; null: to none. */
  readonly requestId: string | null;
}

/** A message with a new commitment. */
export interface CommitmentMessage {
  readonly version: string;
  readonly encryptedCommitment: string;
  readonly logData: LogData | null;
}

export interface RegistrationMessage extends CommitmentMessage {
  readonly username: string;
  readonly email: string;
  readonly requestId: string | null;
}

export interface ResetMessage extends CommitmentMessage {
  readonly username: string;
  /** The code of the mail. */
  readonly code: string;
}

export interface AuthenticationMessage extends ChallengeRequest {
  readonly challengeId: string;
  readonly challengeData: string;
  readonly logData: LogData | null;
  readonly bitErrors: BitErrorReport | null;
}

export interface EmailMessage {
  readonly userId: string;
  readonly email: string;
  readonly challengeId: string;
  readonly challengeData: string;
}

export interface ResetRequest {
  readonly clientId: string;
  readonly username: string;
  readonly email: string;
}

/** What a right proof gives: a ticket for one sign-in within 60 seconds. */
export interface SignInTicket {
  readonly nonce: string;
  /** The address of the account has to be confirmed before it can be used. */
  readonly mustVerifyEmail: boolean;
}

/** How messages reach the service. `FetchTransport` uses its REST paths. */
export interface ProofTransport {
  askChallenge(request: ChallengeRequest): Promise<ChallengeAnswer>;
  /** A challenge for a change by the user who is signed in. */
  askOwnChallenge(cipherKey: string): Promise<ChallengeAnswer>;
  register(message: RegistrationMessage): Promise<void>;
  authenticate(message: AuthenticationMessage): Promise<SignInTicket>;
  /** Asks for a mail with a code. It says nothing about whether there is such an account. */
  requestReset(request: ResetRequest): Promise<void>;
  reset(message: ResetMessage): Promise<void>;
  change(message: CommitmentMessage): Promise<void>;
  updateEmail(message: EmailMessage): Promise<void>;
}
