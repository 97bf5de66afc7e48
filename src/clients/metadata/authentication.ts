/** How a client expects its users to be authenticated (OpenID Connect Dynamic Client Registration section 2). */
import { z } from 'zod';
import { listOf } from './list.ts';
import { EVERYBODY, type MetadataMember } from './member.ts';
import { WEB_PAGE } from './web-page.ts';

/** A year: a session never lasts longer. */
const MAX_AGE_SECONDS = 31_536_000;
const MAX_ACR_VALUES = 10;
/** Printable ASCII without blanks, because requests join the values by blanks. */
const ACR_VALUE = /^[\x21-\x7e]{1,255}$/;

/** Seconds since the user was authenticated after which an authorization request asks again. A request's `max_age` wins. */
export const DEFAULT_MAX_AGE = {
  wire: 'default_max_age',
  check: z
    .int('A whole number is needed here.')
    .min(0, `Give 0 to ${MAX_AGE_SECONDS} seconds.`)
    .max(MAX_AGE_SECONDS, `Give 0 to ${MAX_AGE_SECONDS} seconds.`),
  default: () => null,
  setBy: EVERYBODY,
} as const satisfies MetadataMember<number>;

/** Classes of authentication that authorization requests ask for, in order of preference. A request's `acr_values` win. */
export const DEFAULT_ACR_VALUES = {
  wire: 'default_acr_values',
  check: listOf(z.string().regex(ACR_VALUE, 'Not a name of a class.'), MAX_ACR_VALUES, 'classes'),
  default: () => [],
  setBy: EVERYBODY,
} as const satisfies MetadataMember<string[]>;

/** Whether the client relies on `auth_time` in its ID tokens. */
export const REQUIRE_AUTH_TIME = {
  wire: 'require_auth_time',
  check: z.boolean('True or false is needed here.'),
  default: () => false,
  setBy: EVERYBODY,
} as const satisfies MetadataMember<boolean>;

/** Where the service sends a browser that shall sign in to the application (OpenID Connect Core section 4). */
export const INITIATE_LOGIN_URI = {
  wire: 'initiate_login_uri',
  check: WEB_PAGE,
  default: () => null,
  setBy: EVERYBODY,
} as const satisfies MetadataMember<string>;
