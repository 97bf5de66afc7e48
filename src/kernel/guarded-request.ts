import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectTo, type PrivateHosts } from './network.ts';

/** A request to an address that a tenant named. */
interface GuardedRequest {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  /** Null: none. */
  readonly body: string | Buffer | null;
  /** Ends the request, and the answer while it is read. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request to an address that a tenant named, over a new connection. Follows no redirect.
 * @param allowed What of the operator's network may be reached.
 * @param tenantId The tenant that named it.
 * @returns The head of the answer. The caller reads the rest, or destroys it.
 * @throws Error The address cannot be reached, or not before the signal; AddressRefusedError
 */
export async function requestGuarded(
  allowed: PrivateHosts,
  url: URL,
  tenantId: string,
  { body, ...options }: GuardedRequest,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, { ...options, createConnection: () => openConnection(allowed, url, tenantId) });
  // The connection may be closed after the answer, which is reported as well.
  request.on('error', () => undefined);
  const answered = once(request, 'response');
  request.end(body ?? undefined);
  const [response] = (await answered) as [IncomingMessage];
  return response;
}

function openConnection(allowed: PrivateHosts, { protocol, hostname, port }: URL, tenantId: string): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = protocol === 'https:';
  const socket = connectTo(allowed, host, Number(port) || (isTls ? 443 : 80), tenantId);
  if (!isTls) return socket;
  const secure = connectTls({ socket, host, servername: isIP(host) === 0 ? host : '' });
  socket.once('error', (error) => secure.destroy(error));
  // Also while the name is looked up, so that one that nobody waits for is forgotten.
  secure.once('close', () => socket.destroy());
  return secure;
}
