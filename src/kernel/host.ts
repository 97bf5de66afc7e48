import { domainToASCII } from 'node:url';

/** Names of DNS in lower case (RFC 1123 section 2.1). The last label begins with a letter, so addresses are no names. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A name, a dot and a port. */
const MAX_LENGTH = 260;
const PORT = /:\d{1,5}$/;
/** What a name never contains, and what would be read as another part of a URL. */
const NO_HOST = /[/\\?#@%:[\]\s]/;

/**
 * The host name in a `Host` header or in the authority of a URL: in lower case, without port and final dot.
 * @returns Null for an address, and for what is no name.
 */
export function hostNameOf(authority: string): string | null {
  if (authority.length > MAX_LENGTH) return null;
  const name = authority.replace(PORT, '').replace(/\.$/, '').toLowerCase();
  return HOST_NAME.test(name) ? name : null;
}

/** As `hostNameOf`, of a name as people write it: an international one gets its ASCII form (RFC 5891). */
export function writtenHostName(text: string): string | null {
  const name = text.replace(PORT, '');
  return text.length > MAX_LENGTH || NO_HOST.test(name) ? null : hostNameOf(domainToASCII(name));
}

/** The origin of a host that is bound to a tenant: scheme and port are those of `PUBLIC_URL`, whatever a request says. */
export function originAt(publicUrl: string, host: string): string {
  const { protocol, port } = new URL(publicUrl);
  return `${protocol}//${host}${port === '' ? '' : `:${port}`}`;
}
