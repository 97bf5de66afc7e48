/** What no page of ours needs. */
const NEVER = ["object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

/**
 * Content security policies of the tools that we ship and did not write. Each is an exception that names what the tool cannot
 * do without; whatever else we answer keeps the policy of `http.ts`. All of them load from here alone: the service works
 * without a network.
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
