import { defineErrors } from '../../kernel/index.ts';

export const imageProofErrors = defineErrors({
  IMAGE_PROOF_KEY_INVALID: {
    kind: 'invalid',
    message: 'The key must be a public key of P-256 or X25519, as base64url of its canonical JWK.',
  },
  IMAGE_PROOF_VERSION_UNSUPPORTED: { kind: 'invalid', message: 'The version of the protocol is not supported.' },
  IMAGE_PROOF_REFUSED: { kind: 'unauthenticated', message: 'The proof is not right.' },
  IMAGE_PROOF_COMMITMENT_INVALID: {
    kind: 'invalid',
    message: 'The commitment is not valid, or its proof is not right.',
  },
  IMAGE_PROOF_CODE_INVALID: { kind: 'invalid', message: 'The code is not valid, or has expired.' },
  IMAGE_PROOF_REGISTRATION_CLOSED: { kind: 'forbidden', message: 'Nobody can make an account here.' },
  IMAGE_PROOF_REQUEST_INVALID: {
    kind: 'invalid',
    message: 'The request for a sign-in is unknown, or has expired.',
  },
  IMAGE_PROOF_CLIENT_UNKNOWN: { kind: 'not-found', message: 'The application is unknown or disabled.' },
  SIGN_IN_TICKET_INVALID: { kind: 'invalid', message: 'The ticket of the sign-in is not valid, or has expired.' },
});
