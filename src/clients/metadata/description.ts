/** What a client tells people about itself (RFC 7591 section 2). The service shows these values and fetches none of them. */
import { z } from 'zod';
import { listOf } from './list.ts';
import { EVERYBODY, MANAGER, type MetadataMember } from './member.ts';
import { WEB_PAGE } from './web-page.ts';

const MAX_CONTACTS = 10;
/** A path has 256 characters with its angle brackets (RFC 5321 section 4.5.3.1.3). */
const MAX_EMAIL = 254;

const page = <W extends string>(wire: W) =>
  ({ wire, check: WEB_PAGE, default: () => null, setBy: EVERYBODY }) as const satisfies MetadataMember<string>;

/** Page about the application. */
export const CLIENT_URI = page('client_uri');
/** Picture of the application. */
export const LOGO_URI = page('logo_uri');
/** How the application uses the data of its users. */
export const POLICY_URI = page('policy_uri');
/** Terms of service of the application. */
export const TOS_URI = page('tos_uri');

/** What users agree to with the application. Not a member of a standard, so registrations do not have it. */
export const USER_AGREEMENT_URI = {
  wire: 'user_agreement_uri',
  check: WEB_PAGE,
  default: () => null,
  setBy: MANAGER,
} as const satisfies MetadataMember<string>;

/** E-mail addresses of the people who are responsible for the client. */
export const CONTACTS = {
  wire: 'contacts',
  check: listOf(
    z.email('Not an e-mail address.').max(MAX_EMAIL, `At most ${MAX_EMAIL} characters.`),
    MAX_CONTACTS,
    'addresses',
  ),
  default: () => [],
  setBy: EVERYBODY,
} as const satisfies MetadataMember<string[]>;
