import { Exchange } from '../../zero-knowledge/exchange.ts';
import { assertFollowsRules, type FactorRules } from '../../zero-knowledge/factor.ts';
import type { ImageChoice } from '../../zero-knowledge/secret.ts';
import { deriveInWorker } from '../../zero-knowledge/secret-worker.ts';
import { PROOF_VERSION, proofActs } from '../../zero-knowledge/transcript.ts';
import { ask, type PageDocument } from '../graph.ts';
import { RequestImageChallenge, ResetImage } from '../operations.generated.ts';
import { RefusedRequest } from './refusal.ts';

/** Another image of an account, by the link of a mail. */
export interface ImageReset {
  /** Name of the tenant. */
  readonly tenant: string;
  readonly username: string;
  readonly code: string;
  /** What the challenge belongs to. */
  readonly requestId: string;
  readonly choice: ImageChoice;
  readonly rules: FactorRules;
}

/**
 * Gives an account another image.
 * @throws ProofError The proof cannot be made. @throws RefusedRequest The service refused it.
 */
export async function resetImage({ tenant, username, code, requestId, choice, rules }: ImageReset): Promise<void> {
  assertFollowsRules(choice.factor, rules);
  // Proofs of this page are for the native issuer, at the host of the page.
  const audience = `${location.origin}/t/${tenant}`;
  const parties = { identity: { tenant, username }, audience, serviceKeyId: null };
  const exchange = await Exchange.open(parties, async (cipherKey) => {
    const { requestImageChallenge } = await request(RequestImageChallenge, { tenant, requestId, username, cipherKey });
    return requestImageChallenge;
  });
  const encryptedCommitment = await exchange.withSecret(deriveInWorker, choice, (secret) => {
    const { commitment } = secret;
    return exchange.seal({ purpose: 'reset', commitment, proof: exchange.prove(secret, proofActs.reset(code)) });
  });
  await request(ResetImage, { tenant, username, code, version: PROOF_VERSION, encryptedCommitment });
}

/** @throws RefusedRequest */
async function request<Data, Input>(document: PageDocument<Data, { input: Input }>, input: Input): Promise<Data> {
  const answer = await ask(document, { input });
  if ('refusal' in answer) throw new RefusedRequest(answer.refusal);
  return answer.data;
}
