import { type Route, route } from '../engine/index.ts';
import { OpenidConfiguration } from './operations.generated.ts';
import { DOCUMENT, PUBLIC_DOCUMENT } from './replies.ts';

/** Makes the row for the metadata of an issuer (OpenID Connect Discovery 4, RFC 8414 section 3). */
export const metadataRow = (path: string, spec: string): Route =>
  route({
    method: 'GET',
    path,
    spec,
    summary: 'Metadata of the issuer',
    callers: { public: true },
    cors: 'public',
    operation: OpenidConfiguration,
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: (data) => data.openidConfiguration,
      headers: PUBLIC_DOCUMENT,
    },
  });
