/**
 * Content security policy of the pages of `web/`. They load and call nothing but this service, send no form, and make no HTML
 * of texts. A browser may be sent to other origins. Scripts have addresses from the policy `image-proof` alone, which gives that of one worker.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types image-proof',
].join('; ');

/** Content security policy of the workers of pages: they load nothing, and compile the WebAssembly that they contain. */
export const WORKER_POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'";

/** What no page of a tool needs. */
const NEVER = ["object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

/**
 * Content security policies of the bundled third-party tools. Each allows what the tool cannot work without; all other answers
 * have the policy of `http.ts`. The tools load files only from the service, which works without a network.
 */
export const TOOL_POLICIES = {
  /** The editor measures text in inline styles, and carries its icons and its font as `data:`. */
  graphiql: [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    ...NEVER,
  ].join('; '),
  /** Swagger UI draws its icons from `data:`. */
  swaggerUi: ["default-src 'self'", "img-src 'self' data:", ...NEVER].join('; '),
} as const;
