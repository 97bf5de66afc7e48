import { z } from 'zod';
import { faultOfHttp, MAX_URI_LENGTH, URI_CHARACTERS, WEB_ADDRESS } from '../redirects.ts';

function faultOf(uri: string): string | null {
  if (uri.length > MAX_URI_LENGTH || !URI_CHARACTERS.test(uri)) return 'Not an address.';
  if (uri.includes('#')) return 'A fragment is not allowed.';
  if (!WEB_ADDRESS.test(uri) || !URL.canParse(uri))
    return 'Not an absolute web address, such as "https://app.example.com/".';
  const url = new URL(uri);
  return url.username !== '' || url.password !== '' ? 'A user name or password is not allowed.' : faultOfHttp(url);
}

/** An absolute `https` URL, or `http` on the user's device, which browsers may be shown or sent to. */
export const WEB_PAGE = z.string().superRefine((uri, context) => {
  const message = faultOf(uri);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
