import { type CryptoKey, importJWK } from 'jose';
import { decodeBase64Url, encodeBase64Url } from './bytes.ts';
import { type ClientKey, hashPoint } from './client-key.ts';
import { openEnvelope, type ServiceKey } from './envelope.ts';
import { ProofError } from './errors.ts';
import { PROOF_VERSION, type ProofChallenge } from './transcript.ts';

/** How long a challenge lives, in seconds. */
export const CHALLENGE_SECONDS = 120;

const ID_BYTES = 16;
const NONCE_BYTES = 32;
const SALT_BYTES = 16;
const COORDINATE_BYTES = 32;

/** What the service answers to a request for a challenge. */
export interface ChallengeAnswer {
  /** A compact JWE. */
  readonly challengeData: string;
  readonly version: string;
}

/** A challenge that was opened. */
export interface OpenedChallenge {
  /** Its id as text, which messages name. */
  readonly id: string;
  readonly proved: ProofChallenge;
  /** 16 bytes, the same for a name each time. */
  readonly salt: Uint8Array;
  /** For whom messages are encrypted. */
  readonly serviceKey: ServiceKey;
}

export interface OpenOptions {
  readonly key: ClientKey;
  /** Thumbprint of the key that the service must have; null: any. */
  readonly serviceKeyId: string | null;
}

/**
 * Opens a challenge. The moments in it are those of the clock of the service, with which the clock of a device need not agree; so only their
 * distance is checked, and `Exchange` measures the time.
 * @throws VERSION_UNSUPPORTED The service speaks another version of the protocol.
 * @throws CHALLENGE_INVALID It is not encrypted for this key, not written in its one form, or of a service with another key.
 */
export async function openChallenge(
  { challengeData, version }: ChallengeAnswer,
  { key, serviceKeyId }: OpenOptions,
): Promise<OpenedChallenge> {
  if (version !== PROOF_VERSION)
    throw new ProofError('VERSION_UNSUPPORTED', 'The service speaks another version of the protocol.');
  const text = await openEnvelope(challengeData, key);
  const read = text === null ? null : readChallenge(text);
  if (read === null) throw new ProofError('CHALLENGE_INVALID', 'The answer of the service is not a challenge.');
  const serviceKey = await importServiceKey(read.service);
  if (serviceKey === null || (serviceKeyId !== null && serviceKey.kid !== serviceKeyId))
    throw new ProofError('CHALLENGE_INVALID', 'The key of the service is not the expected one.');
  const proved = { id: read.id, nonce: read.nonce, thumbprint: key.thumbprint };
  return { id: encodeBase64Url(read.id), proved, salt: read.salt, serviceKey };
}

interface PublishedKey {
  readonly x: string;
  readonly y: string;
  readonly kid: string;
}

interface ReadChallenge {
  readonly id: Uint8Array;
  readonly nonce: Uint8Array;
  readonly salt: Uint8Array;
  readonly service: PublishedKey;
}

/** Reads the JSON of a challenge in its one form: parsers do not agree on repeated members. Null for every other form. */
function readChallenge(text: string): ReadChallenge | null {
  const { id, n, salt, iat, exp, srv } = parseObject(text);
  const { x, y, kid } = toObject(srv);
  const service = { crv: 'P-256', kty: 'EC', x, y, kid };
  if (JSON.stringify({ v: PROOF_VERSION, id, n, salt, iat, exp, srv: service }) !== text) return null;
  const bytes = { id: decode(id, ID_BYTES), nonce: decode(n, NONCE_BYTES), salt: decode(salt, SALT_BYTES) };
  const isPoint = decode(x, COORDINATE_BYTES) !== null && decode(y, COORDINATE_BYTES) !== null;
  if (bytes.id === null || bytes.nonce === null || bytes.salt === null || !isPoint || typeof kid !== 'string')
    return null;
  if (!Number.isSafeInteger(iat) || exp !== (iat as number) + CHALLENGE_SECONDS) return null;
  const { id: idBytes, nonce, salt: saltBytes } = bytes;
  return { id: idBytes, nonce, salt: saltBytes, service: { x: x as string, y: y as string, kid } };
}

const decode = (value: unknown, length: number): Uint8Array | null =>
  typeof value === 'string' ? decodeBase64Url(value, length) : null;

function parseObject(text: string): Record<string, unknown> {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return {};
  }
}

const toObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Null when the point is not on the curve, or is not the one that its id names. */
async function importServiceKey({ x, y, kid }: PublishedKey): Promise<ServiceKey | null> {
  if (encodeBase64Url(hashPoint({ x, y })) !== kid) return null;
  try {
    const key = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ECDH-ES');
    return { key: key as CryptoKey, kid };
  } catch {
    return null;
  }
}
