import type { Middleware } from 'koa';

/** An address that a node serves, as the start prints it and the page at `/` links it. */
export interface Address {
  readonly what: string;
  readonly paths: readonly string[];
  /** Whether the path is a prefix and not itself a page. */
  readonly isPrefix?: boolean;
}

export const ADDRESSES: readonly Address[] = [
  { what: 'GraphQL, and GraphiQL in a browser', paths: ['/graphql'] },
  { what: 'OpenID Connect discovery', paths: ['/t/master/.well-known/openid-configuration'] },
  { what: 'REST for Blitz clients', paths: ['/blitz'], isPrefix: true },
  {
    what: 'REST for KOBIL and Keycloak clients',
    paths: ['/realms', '/admin/realms', '/digitanium/v4'],
    isPrefix: true,
  },
  { what: 'REST for Secrets Vault clients, and SCIM', paths: ['/api', '/scim/v2'], isPrefix: true },
  { what: 'Those paths to read, and as OpenAPI', paths: ['/docs'] },
  { what: 'Health and metrics', paths: ['/health/ready', '/health/live', '/metrics'] },
];

function lineOf({ what, paths, isPrefix }: Address): string {
  const shown = paths.map((path) => (isPrefix === true ? path : `<a href="${path}">${path}</a>`));
  return `<li>${what}: ${shown.join(', ')}</li>`;
}

/** Plain HTML without styles and scripts, because the content security policy of all answers forbids them. */
const START_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Idgraph</title>
</head>
<body>
<h1>Idgraph</h1>
<ul>
${ADDRESSES.map(lineOf).join('\n')}
</ul>
</body>
</html>
`;

/** Serves the page at `/`. */
export function startPage(): Middleware {
  return (ctx, next) => {
    if (ctx.path !== '/' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = START_PAGE;
  };
}
