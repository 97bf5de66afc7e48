import type { Middleware } from 'koa';

/** What a node serves, as its start prints it and its page at `/` links it. */
export interface Address {
  readonly what: string;
  readonly paths: readonly string[];
  /** The beginning of many paths, which is no page itself. */
  readonly isPrefix?: boolean;
}

export const ADDRESSES: readonly Address[] = [
  { what: 'GraphQL, and GraphiQL in a browser', paths: ['/graphql'] },
  { what: 'OpenID Connect discovery', paths: ['/t/master/.well-known/openid-configuration'] },
  { what: 'REST for Blitz clients', paths: ['/blitz'], isPrefix: true },
  { what: 'Those paths as OpenAPI, and to read', paths: ['/openapi/blitz.json', '/docs/blitz'] },
  { what: 'Health and metrics', paths: ['/health/ready', '/health/live', '/metrics'] },
];

function lineOf({ what, paths, isPrefix }: Address): string {
  const shown = paths.map((path) => (isPrefix === true ? path : `<a href="${path}">${path}</a>`));
  return `<li>${what}: ${shown.join(', ')}</li>`;
}

/** Plain HTML, which the policy of every answer allows. */
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
