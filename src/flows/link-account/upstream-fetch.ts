import type { CustomFetch } from 'openid-client';
import { isCallable } from '../../federation/index.ts';

/** A provider that takes longer counts as unreachable, because a browser waits for the answer. */
export const UPSTREAM_TIMEOUT_MS = 5_000;
/** Metadata, key sets and token answers are a few KB; the largest known key sets stay below 100 KB. */
const MAX_RESPONSE_BYTES = 1_048_576;
/** Statuses with which a `Response` may not have a body. */
const NULL_BODY = new Set([101, 204, 205, 304]);

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // The error leaves the loop, which cancels the stream.
    if (size > MAX_RESPONSE_BYTES) throw new Error(`The provider's answer is larger than ${MAX_RESPONSE_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Sends all requests to providers: only https (http on loopback if the set-up allows it), no redirects, a bounded time
 * (default 5 seconds) and 1 MiB at most. Every address comes from the provider's settings or from metadata of its issuer,
 * never from a browser. A caller who may write the settings can make this service send requests, but only over https, and
 * never sees an answer. An https address inside the operator's network is not refused, because the provider may be there.
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
