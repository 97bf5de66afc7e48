import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectTo, type PrivateHosts } from '../../kernel/index.ts';

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
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) },
    createConnection: () => openConnection(allowed, url, tenantId),
    signal,
  });
  // The connection is closed below, which may be reported after the answer.
  request.on('error', () => undefined);
  const answered = once(request, 'response');
  request.end(text);
  const [response] = (await answered) as [IncomingMessage];
  response.destroy();
  return response.statusCode!;
}

function openConnection(allowed: PrivateHosts, { protocol, hostname, port }: URL, tenantId: string): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = protocol === 'https:';
  const socket = connectTo(allowed, host, Number(port) || (isTls ? 443 : 80), tenantId);
  if (!isTls) return socket;
  const secure = connectTls({ socket, host, servername: isIP(host) === 0 ? host : '' });
  socket.once('error', (error) => secure.destroy(error));
  return secure;
}
