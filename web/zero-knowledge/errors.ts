/** Why this client cannot make a proof. Nothing was sent because of it. */
export type ProofFault =
  /** The challenge is older than the protocol allows. Ask for another one. */
  | 'CHALLENGE_EXPIRED'
  /** The challenge is not one of the protocol, or not encrypted by the service that is expected. */
  | 'CHALLENGE_INVALID'
  /** The secret could not be derived: most often the device has too little memory. */
  | 'DERIVATION_FAILED'
  | 'IMAGE_EMPTY'
  | 'IMAGE_TOO_LARGE'
  /** The file was changed or moved after it was chosen, or is not a file. */
  | 'IMAGE_UNREADABLE'
  | 'PATTERN_INVALID'
  | 'PIN_INVALID'
  /** The service speaks another version of the protocol. */
  | 'VERSION_UNSUPPORTED';

/** A proof could not be made. Its message and code contain nothing of the secret. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
  readonly code: ProofFault;

  constructor(code: ProofFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
