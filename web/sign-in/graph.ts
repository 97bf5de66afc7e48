/** A document of the page: the text that is sent, with the types of its variables and its data. */
export interface PageDocument<Data, Variables> {
  readonly text: string;
  /** For the compiler alone. */
  readonly types?: (variables: Variables) => Data;
}

/** A value of the input that was refused, and why. */
export interface RefusedField {
  readonly path: string;
  readonly code: string;
}

/** Why a request had no effect. */
export interface Refusal {
  /** A code of the graph, or `UNREACHABLE` when no answer came. */
  readonly code: string;
  readonly fields: readonly RefusedField[];
  readonly retryAfterSeconds: number | null;
}

export type Answer<Data> = { readonly data: Data } | { readonly refusal: Refusal };

/** Runs a document at the graph. */
export type Send = <Data, Variables>(
  document: PageDocument<Data, Variables>,
  variables: Variables,
) => Promise<Answer<Data>>;

/** A request may wait behind others whose passwords are being hashed; after that time the person should try again. */
const TIMEOUT_MILLISECONDS = 30_000;

/** @param fields What was refused of the input. Default: nothing of it. */
export const refuse = (code: string, fields: readonly RefusedField[] = []): { readonly refusal: Refusal } => ({
  refusal: { code, fields, retryAfterSeconds: null },
});

interface GraphError {
  readonly extensions?: {
    readonly code?: string;
    readonly fields?: readonly RefusedField[];
    readonly retryAfterSeconds?: number;
  };
}

interface GraphAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphError[];
}

/**
 * Runs a document at the graph of the service that gave out the page, with the cookies of this browser.
 * @param token An access token, for documents that cookies do not open. Default: none.
 */
export async function ask<Data, Variables>(
  document: PageDocument<Data, Variables>,
  variables: Variables,
  token: string | null = null,
): Promise<Answer<Data>> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: document.text, variables }),
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    return readAnswer((await response.json()) as GraphAnswer<Data>);
  } catch {
    // No connection, no answer in time, or an answer of a proxy instead of the service.
    return refuse('UNREACHABLE');
  }
}

function readAnswer<Data>({ data, errors: [error] = [] }: GraphAnswer<Data>): Answer<Data> {
  if (error === undefined) return data == null ? refuse('INTERNAL_ERROR') : { data };
  const { code = 'INTERNAL_ERROR', fields = [], retryAfterSeconds = null } = error.extensions ?? {};
  return { refusal: { code, fields, retryAfterSeconds } };
}
