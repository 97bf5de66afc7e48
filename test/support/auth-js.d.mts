export interface AuthJsOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface AuthJs {
  /** Answers what is asked below `/auth/`. */
  handle(request: Request): Promise<Response>;
  /** What it logged as errors. */
  readonly faults: { readonly type: string }[];
  /** The ID tokens of users who signed out of the application. */
  readonly signedOut: string[];
}

export function createAuthJs(options: AuthJsOptions): AuthJs;
