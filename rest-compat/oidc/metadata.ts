import { type OperationDocument, type Route, route } from '../engine/index.ts';
import type { OpenidConfigurationData, OpenidConfigurationVariables } from './operations.generated.ts';
import { DOCUMENT, PUBLIC_DOCUMENT } from './replies.ts';

/** What an issuer can do (OpenID Connect Discovery 4, RFC 8414 section 3), below whatever mount the issuer has. */
export const metadataRow = (
  path: string,
  spec: string,
  operation: OperationDocument<OpenidConfigurationData, OpenidConfigurationVariables>,
): Route =>
  route({
    method: 'GET',
    path,
    spec,
    summary: 'What the issuer can do',
    callers: { public: true },
    cors: 'public',
    operation,
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: (data) => data.openidConfiguration,
      headers: PUBLIC_DOCUMENT,
    },
  });
