import type { Values } from './authorize.request.ts';
import { forgedSignature, unsigned } from './forged.ts';
import { type Observation, observeSignOut } from './observation.ts';
import { SIGNED_OUT, type Users } from './party.ts';
import { sendBrowser } from './requests.ts';
import type { OracleCase, Side } from './side.ts';

const LONG = 'x'.repeat(20_000);
const RETURN: Values = { post_logout_redirect_uri: SIGNED_OUT };

/** A person whose session began for this request alone. */
interface Leaving {
  readonly side: Side;
  readonly idToken: string;
}

/** @param user Who is signed in in the browser; null: nobody any more. */
const leave = (
  name: string,
  values: (leaving: Leaving) => Values | Promise<Values>,
  { user = 'anna' as keyof Users | null, method = 'GET' as 'GET' | 'POST' } = {},
): OracleCase => ({
  name,
  run: async (side): Promise<Observation> => {
    const jar = await side.party.signIn('anna');
    const { json } = await side.exchange(await side.codeIn(jar));
    const request = Object.entries(await values({ side, idToken: json.id_token })).flatMap(([key, value]) =>
      [value].flat().map((one): [string, string] => [key, one]),
    );
    const browser = user === 'anna' ? jar : user === null ? await side.browserOf(null) : await side.party.signIn(user);
    const answer = await sendBrowser(side.party, browser, 'end_session_endpoint', request, method);
    return observeSignOut(side.party, browser, answer);
  },
});

const hint = ({ idToken }: Leaving): Values => ({ id_token_hint: idToken });

export const END_SESSION: readonly OracleCase[] = [
  leave('nothing', () => ({})),
  leave('nothing and no session', () => ({}), { user: null }),
  leave('a hint', hint),
  leave('a hint and an address', (leaving) => ({ ...hint(leaving), ...RETURN })),
  leave('a hint, an address and a state', (leaving) => ({ ...hint(leaving), ...RETURN, state: 'a b&c' })),
  leave('the same that is posted', (leaving) => ({ ...hint(leaving), ...RETURN, state: 's' }), { method: 'POST' }),
  leave('a hint, an address and no session', (leaving) => ({ ...hint(leaving), ...RETURN, state: 's' }), {
    user: null,
  }),
  leave('a hint of another user', (leaving) => ({ ...hint(leaving), ...RETURN }), { user: 'bert' }),
  leave('an address', () => RETURN),
  leave('an address and no session', () => RETURN, { user: null }),
  leave('an address and a client', () => ({ ...RETURN, client_id: 'web', state: 's' })),
  leave('an address, a client and no session', () => ({ ...RETURN, client_id: 'web', state: 's' }), { user: null }),
  leave('a hint and its client', (leaving) => ({ ...hint(leaving), ...RETURN, client_id: 'web' })),
  leave('a hint and another client', (leaving) => ({ ...hint(leaving), ...RETURN, client_id: 'relaxed' })),
  leave('an unknown client', () => ({ ...RETURN, client_id: 'nobody' })),
  leave('a hint that is none', () => ({ ...RETURN, id_token_hint: 'x' })),
  leave('a hint without a signature', ({ idToken }) => ({ ...RETURN, id_token_hint: unsigned(idToken) })),
  leave('a hint that was changed', ({ idToken }) => ({ ...RETURN, id_token_hint: forgedSignature(idToken) })),
  leave('a hint that is an access token', async ({ side }) => ({
    ...RETURN,
    id_token_hint: (await side.tokens()).accessToken,
  })),
  leave('an empty hint', () => ({ ...RETURN, id_token_hint: '' })),
  ...[
    `${SIGNED_OUT}/`,
    `${SIGNED_OUT}?foo=bar`,
    'https://evil.example/',
    'https://RP.example.com/signed-out',
    '/signed-out',
    '',
  ].map((uri) => leave(`the address ${uri}`, (leaving) => ({ ...hint(leaving), post_logout_redirect_uri: uri }))),
  leave('a state', () => ({ state: 's' })),
  leave('two states', (leaving) => ({ ...hint(leaving), ...RETURN, state: ['a', 'b'] })),
  leave('a state of 20 KB', (leaving) => ({ ...hint(leaving), ...RETURN, state: LONG })),
  leave('two hints', ({ idToken }) => ({ ...RETURN, id_token_hint: [idToken, idToken] })),
  leave('two addresses', (leaving) => ({ ...hint(leaving), post_logout_redirect_uri: [SIGNED_OUT, SIGNED_OUT] })),
  leave('a name and languages', (leaving) => ({ ...hint(leaving), ...RETURN, logout_hint: 'anna', ui_locales: 'en' })),
  leave('something unknown twice', (leaving) => ({ ...hint(leaving), ...RETURN, unknown: ['a', 'b'] })),
  {
    name: 'afterwards, a request without a page',
    run: async (side) => {
      const jar = await side.party.signIn('anna');
      const { json } = await side.exchange(await side.codeIn(jar));
      const request: [string, string][] = [['id_token_hint', json.id_token]];
      const answer = await sendBrowser(side.party, jar, 'end_session_endpoint', request);
      await observeSignOut(side.party, jar, answer);
      const code = await side.codeIn(jar, { prompt: 'none' }).catch(() => null);
      const refreshed = await side.refresh(json.refresh_token);
      return { code: code === null ? 'none' : 'one', refresh: String(refreshed.json.error) };
    },
  },
];
