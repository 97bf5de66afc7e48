import { z } from 'zod';
import type { BrowserAnswer, FormParameter } from '../engine/index.ts';
import { authorizationAnswer } from '../oidc/authorization.ts';
import type { AuthorizationAnswer } from '../oidc/operations.generated.ts';

/** A parameter that may be repeated as far as the row is concerned: the graph refuses that, at the application. */
const PARAMETER = z.union([z.string(), z.array(z.string())]).optional();

/** The parameters of an authorization request that every variant takes. Without the first three no answer can be sent anywhere. */
const PARAMETERS = {
  response_type: z.string().min(1).describe('`code`.'),
  client_id: z.string().min(1),
  redirect_uri: z.string().min(1).describe('A registered address, to which the answer goes.'),
  scope: PARAMETER.describe('Default `openid`.'),
  state: PARAMETER,
  nonce: PARAMETER,
  prompt: PARAMETER,
  code_challenge: PARAMETER.describe('Public clients must send one, and every client with the scope `2fa`.'),
  code_challenge_method: PARAMETER.describe('`S256`, which is meant without it too.'),
  login_hint: PARAMETER.describe('The name with which the user signs in. With the scope `2fa` nobody else can finish.'),
  email_hint: PARAMETER.describe('The address of a user who has no account yet, for the scope `2fa_link`.'),
  response_mode: PARAMETER.describe('`query`.'),
  max_age: PARAMETER,
  id_token_hint: PARAMETER,
  acr_values: PARAMETER,
  claims: PARAMETER,
  ui_locales: PARAMETER,
  request: PARAMETER.describe('Not supported.'),
  request_uri: PARAMETER.describe('Not supported.'),
  registration: PARAMETER.describe('Not supported.'),
} as const;

/** The query of an authorization request. @param tenantId How it names the tenant. */
export const authorizationQuery = <T extends z.ZodType>(tenantId: T) =>
  z.object({ tenant_id: tenantId, ...PARAMETERS });

type Sent = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parameters for the graph. It ignores the tenant, which is named elsewhere. */
export const toParameters = (sent: Sent): FormParameter[] =>
  Object.entries(sent).flatMap(([name, value]) => (value === undefined ? [] : [{ name, values: [value].flat() }]));

/** What the address of the sign-in page tells its readers. */
interface SignInPage {
  readonly tenantName: string;
  readonly clientId: string;
  readonly hints: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The page of a sign-in: `auth_req_id` is the handle of the authorization request, the last segment of the address of its page. */
function signInPage(pageUrl: string, { tenantName, clientId, hints }: SignInPage): string {
  const page = new URL('/ui/login', pageUrl);
  page.searchParams.set('auth_req_id', pageUrl.slice(pageUrl.lastIndexOf('/') + 1));
  page.searchParams.set('client_id', clientId);
  page.searchParams.set('tenant_id', tenantName);
  for (const [name, value] of Object.entries(hints)) if (typeof value === 'string') page.searchParams.set(name, value);
  return page.href;
}

/** What the browser does next: on to the application, or to the page of the sign-in. */
export const signInAnswer = (answer: AuthorizationAnswer, page: SignInPage): BrowserAnswer =>
  'pageUrl' in answer ? { redirectTo: signInPage(answer.pageUrl, page) } : authorizationAnswer(answer);
