import type { Context } from 'koa';
import type { Caller } from '../../src/access/index.ts';
import type { Answer } from './answer.ts';

/**
 * Which pages of other origins may read the answers of a path (Fetch Standard, section 3.2). `public`: all of them; `client`:
 * those whose origin a client of the tenant lists; once the calling client is known, it must list the origin itself.
 * `credentials`: like `client`, for pages that send their requests with cookies, which grant nothing; the others never send
 * `Access-Control-Allow-Credentials`.
 */
export type Cors = 'public' | 'client' | 'credentials';

/** Origins that clients list. */
export interface WebOrigins {
  /** @param tenantId Null: listed by a client of any tenant. */
  isListed(tenantId: string | null, origin: string): Promise<boolean>;
  isListedBy(tenantId: string, clientId: string, origin: string): Promise<boolean>;
}

/** Headers that a page may read: the reason of a refusal (RFC 6750 section 3), and the nonce of RFC 9449 section 8. */
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce';
/** How long a browser may cache a preflight, in seconds. The origin is still checked in every request. */
const PREFLIGHT_SECONDS = '600';
/** The form of `Access-Control-Request-Headers`: names of headers. Anything else is not echoed. */
const HEADER_NAMES = /^[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}$/;

/** Whether a request is a CORS preflight (Fetch Standard, section 3.2.2). */
export const isPreflight = (ctx: Context): boolean =>
  ctx.method === 'OPTIONS' && ctx.get('Origin') !== '' && ctx.get('Access-Control-Request-Method') !== '';

/**
 * Lets a page read the answer, also when it is an error.
 * @param tenantId Null for a path that belongs to no tenant.
 */
export async function allowPage(
  ctx: Context,
  cors: Cors,
  lists: WebOrigins,
  tenantId: string | null,
  answer: Answer,
): Promise<void> {
  if (cors === 'public') {
    answer.set('Access-Control-Allow-Origin', '*');
    return;
  }
  answer.vary('Origin');
  const origin = ctx.get('Origin');
  if (origin === '' || !(await lists.isListed(tenantId, origin))) return;
  answer.set('Access-Control-Allow-Origin', origin);
  answer.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  if (cors === 'credentials') answer.set('Access-Control-Allow-Credentials', 'true');
}

/** Withdraws the permission to read the answer when the calling client, known by now, does not list the page's origin itself. */
export async function keepToClient(lists: WebOrigins, { tenant, clientId }: Caller, answer: Answer): Promise<void> {
  const allowed = answer.get('Access-Control-Allow-Origin');
  if (!allowed || allowed === '*' || tenant === null || clientId === null) return;
  if (await lists.isListedBy(tenant.id, clientId, allowed)) return;
  answer.remove('Access-Control-Allow-Origin');
  answer.remove('Access-Control-Expose-Headers');
  answer.remove('Access-Control-Allow-Credentials');
}

/** Writes the answer to a preflight, whose status stays. @param methods The methods that pages may use on the path. */
export async function answerPreflight(
  ctx: Context,
  cors: Cors,
  methods: readonly string[],
  lists: WebOrigins,
  tenantId: string | null,
  answer: Answer,
): Promise<void> {
  await allowPage(ctx, cors, lists, tenantId, answer);
  if (!answer.get('Access-Control-Allow-Origin')) return;
  answer.remove('Access-Control-Expose-Headers');
  answer.set('Access-Control-Allow-Methods', methods.join(', '));
  answer.set('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  const wanted = ctx.get('Access-Control-Request-Headers');
  if (HEADER_NAMES.test(wanted)) answer.set('Access-Control-Allow-Headers', wanted);
}
