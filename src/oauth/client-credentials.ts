/** What a client says to prove who it is (RFC 6749 section 2.3). */
export interface ClientCredentials {
  readonly clientId: string;
  /** Null: the client names itself and proves nothing, as public clients do. */
  readonly secret: string | null;
  readonly method: 'Basic' | 'Post' | 'None';
}

/** A header is 16 KB at most anyway; a client id has 255 characters and a secret no more. */
const MAX_CHARACTERS = 4096;

/**
 * The readings of a Basic header, likelier first; none when it is malformed. RFC 6749 section 2.3.1 has the id and the
 * secret form-encoded before they are joined, RFC 7617 does not, and clients do either: they differ where `%` or `+` occurs.
 */
export function basicCredentials(header: string): readonly ClientCredentials[] {
  const encoded = /^basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header)?.[1];
  if (encoded === undefined || encoded.length > MAX_CHARACTERS) return [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return [];
  const plain = { clientId: text.slice(0, colon), secret: text.slice(colon + 1), method: 'Basic' as const };
  const decoded = formDecoded(plain);
  return decoded === null ? [plain] : [plain, decoded];
}

function formDecoded(plain: { clientId: string; secret: string; method: 'Basic' }): ClientCredentials | null {
  if (!/[%+]/.test(plain.clientId + plain.secret)) return null;
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  try {
    return { ...plain, clientId: decode(plain.clientId), secret: decode(plain.secret) };
  } catch {
    return null;
  }
}

/** Credentials in the body: `client_id`, and `client_secret` of a confidential client. Null when no client is named. */
export function bodyCredentials(clientId: string | undefined, secret: string | undefined): ClientCredentials | null {
  if (clientId === undefined || clientId === '') return null;
  return secret === undefined ? { clientId, secret: null, method: 'None' } : { clientId, secret, method: 'Post' };
}
