import type { CustomFetch } from 'openid-client';
import { isCallable } from '../../federation/index.ts';

/** A provider that takes longer is down as far as a waiting browser is concerned. */
export const UPSTREAM_TIMEOUT_MS = 5_000;
/** Metadata, key sets and token answers are a few KB; the largest known key sets stay below 100 KB. */
const MAX_RESPONSE_BYTES = 1_048_576;
/** Statuses that a `Response` may not be given a body for. */
const NULL_BODY = new Set([101, 204, 205, 304]);

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > MAX_RESPONSE_BYTES) throw new Error(`The provider's answer is larger than ${MAX_RESPONSE_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The only way out to a provider: https (loopback http where the set-up allows it), no redirects, a bounded time (5 seconds
 * unless set otherwise) and 1 MiB at most. Every address comes from the provider's settings or from metadata its issuer serves, never from a browser; whoever
 * may write the settings can make this service send such requests, but never sees an answer, and what is not https does not
 * hear of them. An address inside the operator's network that does serve https is not refused: it may be the provider.
 */
export function upstreamFetch(allowLoopbackHttp: boolean, timeoutMs = UPSTREAM_TIMEOUT_MS): CustomFetch {
  return async (url, { signal, ...options }) => {
    if (!isCallable(new URL(url), allowLoopbackHttp)) throw new Error('The address of the provider may not be called.');
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, {
      ...options,
      body: options.body ?? null,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const body = await readBounded(response);
    const { status, statusText, headers } = response;
    return new Response(NULL_BODY.has(status) ? null : body, { status, statusText, headers });
  };
}
