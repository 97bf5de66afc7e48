import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, type JWK } from 'jose';
import { proofActs } from '../src/auth-modes/image-proof/transcript.ts';
import type { ImageSecret, ReadChallenge } from '../test/support/image-proof.ts';
import type { PickedTexts } from './request-template.ts';

/** Names of the texts of an answer to a challenge: what was picked, and what is sent. */
export const CHALLENGE = '__CHALLENGE__';
export const CHALLENGE_ID = '__CHALLENGE_ID__';
export const PROOF = '__PROOF__';

/** A user at a client, who proves an image in a sign-in (docs/image-proof.md). Serialisable. */
export interface ImageProver {
  /** Name of the tenant. */
  readonly tenant: string;
  readonly username: string;
  /** Handle of the sign-in under way. */
  readonly requestId: string;
  /** Issuer, as the proof has it. */
  readonly audience: string;
  readonly secret: ImageSecret;
  /** The key for which challenges are encrypted. A client has a new one each time; the service does the same work for one that it had. */
  readonly privateJwk: JWK;
}

interface Answer {
  readonly id: string;
  readonly proof: string;
}

/** What adds the answer to a picked challenge to the texts. */
export function answering(prover: ImageProver): (texts: PickedTexts) => Promise<void> {
  let ready: Promise<(challenge: string) => Promise<Answer>> | undefined;
  return async (texts) => {
    ready ??= prepare(prover);
    const answer = await ready;
    const { id, proof } = await answer(texts.get(CHALLENGE)!);
    texts.set(CHALLENGE_ID, id);
    texts.set(PROOF, proof);
  };
}

/** The arithmetic is loaded here, because few loads need it. */
async function prepare({ privateJwk, secret, ...prover }: ImageProver): Promise<(sealed: string) => Promise<Answer>> {
  const { ImageOwner, ImageProofClient } = await import('../test/support/image-proof.ts');
  const client = await ImageProofClient.of(privateJwk);
  const privateKey = createPrivateKey({ key: { ...privateJwk } as JsonWebKey, format: 'jwk' });
  const owner = new ImageOwner(prover.tenant, prover.username, secret);
  const act = proofActs.authenticate(prover.requestId);
  const keys = new Map<string, KeyObject>();
  return async (sealed) => {
    const { plaintext } = await compactDecrypt(sealed, privateKey);
    const challenge = JSON.parse(new TextDecoder().decode(plaintext)) as ReadChallenge;
    const { v, id, srv } = challenge;
    const key = keys.get(srv.kid) ?? createPublicKey({ key: { ...srv } as JsonWebKey, format: 'jwk' });
    keys.set(srv.kid, key);
    const proof = owner.prove(client, { challenge, act, audience: prover.audience });
    const text = JSON.stringify({ v, purpose: act.purpose, id, ...proof });
    const header = { alg: 'ECDH-ES', enc: 'A256GCM', typ: 'sv-zkp-response', kid: srv.kid };
    return { id, proof: await new CompactEncrypt(Buffer.from(text)).setProtectedHeader(header).encrypt(key) };
  };
}
