import { type PrivateHosts, requestGuarded } from '../../kernel/index.ts';

/**
 * Posts a text to an address that a tenant named. Follows no redirect and does not read the answer beyond its head.
 * @param allowed What of the operator's network may be reached.
 * @param tenantId The tenant that named it.
 * @returns The status of the answer.
 * @throws Error The address cannot be reached, or not before the signal; AddressRefusedError
 */
export async function postGuarded(
  allowed: PrivateHosts,
  url: URL,
  tenantId: string,
  text: string,
  signal: AbortSignal,
): Promise<number> {
  const response = await requestGuarded(allowed, url, tenantId, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) },
    body: text,
    signal,
  });
  response.destroy();
  return response.statusCode!;
}
