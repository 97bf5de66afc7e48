import { ImageProofClient } from '../../zero-knowledge/client.ts';
import { deriveInWorker } from '../../zero-knowledge/secret-worker.ts';
import type { Send } from '../graph.ts';
import { GraphTransport } from './graph-transport.ts';

/**
 * Proves images to the native issuer of a tenant, at the host of the page.
 * @param tenant Its name.
 */
export function createImageClient(tenant: string, send: Send): ImageProofClient {
  const audience = `${location.origin}/t/${tenant}`;
  return new ImageProofClient({
    transport: new GraphTransport(tenant, send),
    tenant,
    audience,
    derive: deriveInWorker,
  });
}
