import type { IncomingMessage } from 'node:http';
import type { CustomFetch } from 'openid-client';
import { isCallable } from '../../federation/index.ts';
import { type PrivateHosts, requestGuarded } from '../../kernel/index.ts';

/** A provider that takes longer counts as unreachable, because a browser waits for the answer. */
export const UPSTREAM_TIMEOUT_MS = 5_000;
/** Metadata, key sets and token answers are a few KB; the largest known key sets stay below 100 KB. */
const MAX_RESPONSE_BYTES = 1_048_576;
/** Statuses with which a `Response` may not have a body. */
const NULL_BODY = new Set([101, 204, 205, 304]);

/** From where and for whom providers are called. */
export interface UpstreamAccess {
  /** Whether providers on this machine may be called over plain http. */
  readonly allowLoopbackHttp: boolean;
  /** What of the operator's network providers may be in. */
  readonly privateHosts: PrivateHosts;
  /** Longest wait for an answer. Default 5 s. */
  readonly timeoutMs?: number | undefined;
}

async function readBounded(response: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    // The error leaves the loop, which closes the connection.
    if (size > MAX_RESPONSE_BYTES) throw new Error(`The provider's answer is larger than ${MAX_RESPONSE_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  return headers;
}

/**
 * Sends all requests to providers: only https (http on loopback if the set-up allows it), no redirects, a bounded time
 * (default 5 seconds) and 1 MiB at most. Every address comes from the provider's settings or from metadata of its issuer,
 * never from a browser. A caller who may write the settings can make this service send requests, but only over https, into
 * the operator's network only where the operator allows it, and never sees an answer.
 * @param tenantId The tenant of the provider: a node looks up one name of each at once.
 */
export function upstreamFetch(access: UpstreamAccess, tenantId: string): CustomFetch {
  const { allowLoopbackHttp, privateHosts, timeoutMs = UPSTREAM_TIMEOUT_MS } = access;
  return async (address, { signal: isLate, method, headers, body }) => {
    const url = new URL(address);
    if (!isCallable(url, allowLoopbackHttp)) throw new Error('The address of the provider may not be called.');
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = isLate === undefined ? timeout : AbortSignal.any([isLate, timeout]);
    const asked = new Request(url, { method, headers, body: body ?? null });
    try {
      const response = await requestGuarded(privateHosts, url, tenantId, {
        method: asked.method,
        headers: Object.fromEntries(asked.headers),
        body: asked.body === null ? null : Buffer.from(await asked.arrayBuffer()),
        signal,
      });
      const answer = await readBounded(response);
      const { statusCode: status = 0, statusMessage: statusText = '' } = response;
      return new Response(NULL_BODY.has(status) ? null : answer, { status, statusText, headers: headersOf(response) });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
}
