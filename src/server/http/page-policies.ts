/** What no page of the service needs. */
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
