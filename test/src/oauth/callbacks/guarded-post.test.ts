import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressRefusedError, LOOPBACK_NETWORKS } from '../../../../src/kernel/index.ts';
import { postGuarded } from '../../../../src/oauth/callbacks/guarded-post.ts';
import { makeCertificate } from '../../../support/certificate.ts';

const LOOPBACK = { names: [], networks: LOOPBACK_NETWORKS };

describe('a message that is posted over TLS', () => {
  let certificate: { readonly key: string; readonly cert: string };
  let server: ReturnType<typeof createServer>;
  const texts: string[] = [];
  const known = getCACertificates('default');
  beforeAll(async () => {
    certificate = await makeCertificate();
    server = createServer(certificate, (request, response) => {
      request.on('data', (chunk) => texts.push(String(chunk)));
      request.on('end', () => response.writeHead(201).end('x'.repeat(1_000_000)));
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
  });
  afterAll(() => {
    setDefaultCACertificates(known);
    server.closeAllConnections();
    server.close();
  });

  const post = (host: string, allowed = LOOPBACK, signal = AbortSignal.timeout(5_000)) =>
    postGuarded(
      allowed,
      new URL(`https://${host}:${(server.address() as AddressInfo).port}/k`),
      'acme',
      'text',
      signal,
    );

  it('arrives where the certificate is valid for the host, and nowhere else', async () => {
    await expect(post('localhost')).rejects.toThrow(/self-signed/);
    expect(texts).toEqual([]);
    setDefaultCACertificates([...known, certificate.cert]);
    expect(await post('localhost')).toBe(201);
    await expect(post('127.0.0.1')).rejects.toThrow();
    expect(texts).toEqual(['text']);
  });

  it('leads to no private address that is not allowed, under no name', async () => {
    for (const host of ['localhost', '127.0.0.1'])
      await expect(post(host, { names: [], networks: [] })).rejects.toThrow(AddressRefusedError);
  });

  it('is given up when its time is over', async () => {
    await expect(post('localhost', LOOPBACK, AbortSignal.abort())).rejects.toThrow(/abort/);
  });
});
