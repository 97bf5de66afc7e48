import { type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import type * as X509 from '@peculiar/x509';

const VALID_YEARS = 20;

/** Members of a JWK that contain a certificate (RFC 7517 sections 4.7 to 4.9). */
export interface CertificateMembers {
  readonly x5c: readonly [string];
  readonly x5t: string;
  readonly 'x5t#S256': string;
}

/**
 * Makes the self-signed certificate of an RSA signing key, for clients that read the key from `x5c`. Clients trust the
 * address of the key set, not the certificate, so it contains only the `kid`. Equal arguments give equal bytes: the serial
 * number is made of the thumbprint, and RSASSA-PKCS1-v1_5 is deterministic.
 * @param kid Thumbprint of the public key (RFC 7638), in base64url.
 * @param createdAt When the key was made; the certificate is valid from then for 20 years.
 * @returns DER in base64, as an entry of `x5c` is written.
 */
export async function selfSignedCertificate(
  pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  kid: string,
  createdAt: Date,
): Promise<string> {
  const { X509CertificateGenerator } = await loadX509();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [kid] }],
    serialNumber: serialOf(kid),
    notBefore: wholeSeconds(createdAt),
    notAfter: yearsLater(wholeSeconds(createdAt), VALID_YEARS),
    keys: {
      publicKey: await importRsa(pair.publicKey, 'verify'),
      privateKey: await importRsa(pair.privateKey, 'sign'),
    },
  });
  return Buffer.from(certificate.rawData).toString('base64');
}

/** The members for a certificate made by `selfSignedCertificate`. */
export function certificateMembers(certificate: string): CertificateMembers {
  const { fingerprint, fingerprint256 } = new X509Certificate(Buffer.from(certificate, 'base64'));
  const toText = (print: string) => Buffer.from(print.replaceAll(':', ''), 'hex').toString('base64url');
  return { x5c: [certificate], x5t: toText(fingerprint), 'x5t#S256': toText(fingerprint256) };
}

/** Loaded when a key is made, not at start, because it takes 120 ms and 19 MB and most processes never make a key. */
async function loadX509(): Promise<typeof X509> {
  // Its dependency container refuses to load without this polyfill.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function importRsa(key: KeyObject, usage: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('jwk', key.export({ format: 'jwk' }) as webcrypto.JsonWebKey, algorithm, true, [
    usage,
  ]);
}

/** Positive and of at most 20 octets, as RFC 5280 section 4.1.2.2 wants: sixteen bytes of the thumbprint after a 01. */
function serialOf(kid: string): string {
  return `01${Buffer.from(kid, 'base64url').subarray(0, 16).toString('hex')}`;
}

/** A certificate's dates have no fractions (RFC 5280 section 4.1.2.5). */
function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

function yearsLater(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}
