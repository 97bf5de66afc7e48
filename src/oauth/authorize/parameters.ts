import { z } from 'zod';
import { isDatabaseText, MAX_TEXT_LENGTH } from '../../kernel/index.ts';

/** A parameter of a request as it was sent: its name, and a value for each time that it occurs. */
export interface SentParameter {
  readonly name: string;
  readonly values: readonly string[];
}

/** `state` and `nonce` are sent back or stored, so they are bounded by what a cookie holds. */
const ECHOED_BYTES = 4096;
/** OpenID Connect defines some twenty claims; a request that lists each in several languages is below 10 KB. */
const CLAIMS_BYTES = 65_536;

/** What the authorization endpoint knows of a parameter. */
interface KnownParameter {
  readonly description: string;
  /** Bytes that a value may have; a longer one is refused. Absent: the bound of every text. */
  readonly maxBytes?: number;
  readonly isRequired?: true;
}

/** The parameters that the authorization endpoint knows. Every other one is ignored (RFC 6749 section 3.1). */
export const AUTHORIZATION_PARAMETERS = {
  client_id: { description: 'The client.', isRequired: true },
  redirect_uri: { description: 'The registered address to which the answer goes.' },
  response_type: { description: '`code`.', isRequired: true },
  response_mode: {
    description: '`query`, `fragment` or `form_post`. Default `query`; `fragment` where `response_type` names a token.',
  },
  scope: { description: 'Scope names separated by spaces.' },
  state: { description: 'Any text of at most 4 KiB; it is part of the answer.', maxBytes: ECHOED_BYTES },
  nonce: { description: 'Any text of at most 4 KiB; it is part of the ID token.', maxBytes: ECHOED_BYTES },
  code_challenge: { description: 'The hash of the `code_verifier` (RFC 7636 section 4.2).' },
  code_challenge_method: { description: '`S256`.' },
  prompt: { description: '`none`, or some of `login`, `consent` and `select_account` separated by spaces.' },
  max_age: { description: 'The longest time since the user was authenticated, in seconds.' },
  claims: {
    description: 'Claims that the client asks for, as JSON of at most 64 KB (OpenID Connect Core section 5.5).',
    maxBytes: CLAIMS_BYTES,
  },
  id_token_hint: { description: 'An ID token of this issuer about the user who is expected; it may have expired.' },
  login_hint: { description: 'The name with which the user signs in.' },
  email_hint: { description: 'The address of a user who has no account yet, where a scope of the issuer is for such.' },
  acr_values: { description: 'Classes of authentication in order of preference, separated by spaces.' },
  display: { description: 'Ignored.' },
  ui_locales: { description: 'Languages of the pages in order of preference, separated by spaces.' },
  claims_locales: { description: 'Ignored.' },
  access_type: { description: '`offline`, where the issuer knows it: the client asks for a refresh token.' },
  request: { description: 'Not supported.' },
  request_uri: { description: 'Not supported.' },
  registration: { description: 'Not supported.' },
} as const satisfies Readonly<Record<string, KnownParameter>>;

/** The parameters for the API description. Those that every request needs are required, where an issuer has no default for them. */
export const AUTHORIZATION_FORM: z.ZodObject = z.object(
  Object.fromEntries(
    Object.entries<KnownParameter>(AUTHORIZATION_PARAMETERS).map(([name, { description, isRequired }]) => {
      const text = z.string().describe(description);
      return [name, isRequired === true ? text : text.optional()];
    }),
  ),
);

export type ParameterName = keyof typeof AUTHORIZATION_PARAMETERS;

const KNOWN = Object.entries<KnownParameter>(AUTHORIZATION_PARAMETERS) as [ParameterName, KnownParameter][];

/** The parameters of a request. A parameter without a value counts as absent (RFC 6749 section 3.1). */
export class RequestParameters {
  readonly #values = new Map<string, readonly string[]>();

  constructor(sent: readonly SentParameter[]) {
    for (const { name, values } of sent) this.#values.set(name, [...(this.#values.get(name) ?? []), ...values]);
  }

  /** The value of a parameter; null if there is none, or several. */
  get(name: ParameterName): string | null {
    const values = this.#values.get(name) ?? [];
    return values.length === 1 && values[0] !== '' ? values[0]! : null;
  }

  isRepeated(name: ParameterName): boolean {
    return (this.#values.get(name)?.length ?? 0) > 1;
  }

  /** The first known parameter that is sent more than once (RFC 6749 section 3.1). */
  findRepeated(): ParameterName | null {
    return KNOWN.find(([name]) => this.isRepeated(name))?.[0] ?? null;
  }

  /** The first known parameter whose value is too long or cannot be stored. */
  findUnusable(): ParameterName | null {
    return KNOWN.find(([name]) => this.#isUnusable(name))?.[0] ?? null;
  }

  /** `state`, if it can be sent back. */
  get state(): string | null {
    return this.#isUnusable('state') ? null : this.get('state');
  }

  #isUnusable(name: ParameterName): boolean {
    const value = this.get(name);
    if (value === null) return false;
    const { maxBytes }: KnownParameter = AUTHORIZATION_PARAMETERS[name];
    const isTooLong = maxBytes === undefined ? value.length > MAX_TEXT_LENGTH : Buffer.byteLength(value) > maxBytes;
    return isTooLong || !isDatabaseText(value);
  }
}
