import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

const endpoint = new URL('/graphql', window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

// The headers from the editor are sent with each request, and in `connection_init` of each subscription.
const fetcher = createGraphiQLFetcher({ url: endpoint.href, subscriptionUrl: socket.href });

const FIRST_QUERY = `# Idgraph. Below, under "Headers", write
#   "Authorization": "Bearer <access token>"
# The README shows how to get a token.
# Ctrl-Enter runs, Ctrl-Space completes.

query Tenants {
  tenants(first: 10) {
    nodes {
      name
      displayName
    }
  }
}
`;

const FIRST_HEADERS = `{
  "Authorization": ""
}
`;

const container = document.getElementById('graphiql');
if (container === null) throw new Error('The page has no place for GraphiQL.');
createRoot(container).render(
  // Headers are not persisted, because a token must not be kept in the browser's storage.
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={FIRST_QUERY}
    defaultHeaders={FIRST_HEADERS}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders={false}
    showPersistHeadersSettings={false}
  />,
);
