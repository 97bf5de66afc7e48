import { z } from 'zod';
import { LOOPBACK, MAX_URI_LENGTH, URI_CHARACTERS } from '../redirects.ts';

/** `https://` and the first character of a host: browsers also read `https:host` and `https:///host`. */
const WEB_ADDRESS = /^https?:\/\/[^/]/i;

function faultOf(uri: string): string | null {
  if (uri.length > MAX_URI_LENGTH || !URI_CHARACTERS.test(uri)) return 'Not an address.';
  if (uri.includes('#')) return 'A fragment is not allowed.';
  if (!WEB_ADDRESS.test(uri) || !URL.canParse(uri))
    return 'Not an absolute web address, such as "https://app.example.com/".';
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== '' || password !== '') return 'A user name or password is not allowed.';
  return protocol === 'http:' && !LOOPBACK.test(hostname) ? '"http" is only allowed for loopback addresses.' : null;
}

/** An absolute `https` URL, or `http` on the user's device, which browsers may be shown or sent to. */
export const WEB_PAGE = z.string().superRefine((uri, context) => {
  const message = faultOf(uri);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
