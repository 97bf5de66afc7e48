import { ProofError, type ProofFault } from './errors.ts';
import type { DeriveSecret, ProofSecret, SecretRequest } from './secret.ts';
import workerAddress from './secret.worker.ts?worker&url';

/** What the worker answers. */
export type WorkerAnswer = { readonly secret: ProofSecret } | { readonly code: ProofFault; readonly message: string };

/** Pages whose policy demands Trusted Types have to allow a policy of this name. */
const POLICY = 'image-proof';

interface TrustedTypes {
  /** What the rules give is a TrustedScriptURL, which no type of the compiler describes. */
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: () => string },
  ): { createScriptURL(address: string): string };
}

let trustedAddress: string | undefined;

/** The address of the worker. Where there are Trusted Types, it comes from a policy that gives no other address; a name can be used only once. */
function takeAddress(): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  trustedAddress ??=
    trustedTypes?.createPolicy(POLICY, { createScriptURL: () => workerAddress }).createScriptURL('') ?? workerAddress;
  return trustedAddress;
}

function ask(worker: Worker, request: SecretRequest): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => resolve(data));
    worker.addEventListener('error', reject);
    worker.addEventListener('messageerror', reject);
    worker.postMessage(request);
  });
}

/**
 * Derives a secret in a worker, so that the page stays responsive. The worker ends with the answer, and its memory with it, which the secret, the
 * image and the state of Argon2id passed through.
 * @throws ProofError As `deriveSecret`; DERIVATION_FAILED also when the browser does not start the worker.
 */
export const deriveInWorker: DeriveSecret = async (request) => {
  const answer = await run(request);
  if ('secret' in answer) return answer.secret;
  throw new ProofError(answer.code, answer.message);
};

async function run(request: SecretRequest): Promise<WorkerAnswer> {
  let worker: Worker | undefined;
  try {
    worker = new Worker(takeAddress(), { type: 'module', name: 'image-proof' });
    return await ask(worker, request);
  } catch (cause) {
    throw new ProofError('DERIVATION_FAILED', 'The browser could not derive the secret.', { cause });
  } finally {
    worker?.terminate();
  }
}
