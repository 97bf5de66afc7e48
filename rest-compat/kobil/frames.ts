import { escapeHtml } from '../../src/kernel/index.ts';

/** Pages that applications load in hidden frames, and that tell their parent something by `postMessage`. */

const page = (title: string, script: string, attributes = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body${attributes}><script>${script}</script></body></html>`;

/**
 * Sets a cookie with the restriction of the session's cookie, `SameSite=Lax`, which browsers keep in frames of the same site alone.
 * The next page tells whether it is there.
 */
export const COOKIE_CHECK_BEGIN = page(
  'Cookies',
  `
try {
  document.cookie = 'KEYCLOAK_3P_COOKIE=1; SameSite=Lax';
} catch {}
location.replace('step2.html');
`,
);

/** Tells whether frames of the parent get the cookie of the session: without it, a sign-in in a frame finds nobody. */
export const COOKIE_CHECK_END = page(
  'Cookies',
  `
let isKept = false;
try {
  isKept = document.cookie.split('; ').includes('KEYCLOAK_3P_COOKIE=1');
  document.cookie = 'KEYCLOAK_3P_COOKIE=; Max-Age=0; SameSite=Lax';
} catch {}
parent.postMessage(isKept ? 'supported' : 'unsupported', '*');
`,
);

/**
 * Answers messages of an application (OpenID Connect Session Management section 3.3): its client_id, a space, and the session that
 * its tokens name, or nothing. `error` says that the page may not ask, or that the browser shows no cookies to this frame.
 */
const WATCH = `
const name = document.body.dataset.cookie + '=';
const attributes = location.protocol === 'https:' ? '; Secure; SameSite=None' : '; SameSite=Lax';
const init = location.pathname.replace(/\\/$/, '') + '/init?';
const cookies = () => document.cookie.split('; ');

function seesCookies() {
  try {
    document.cookie = 'KEYCLOAK_FRAME=1' + attributes;
    const isKept = cookies().includes('KEYCLOAK_FRAME=1');
    document.cookie = 'KEYCLOAK_FRAME=; Max-Age=0' + attributes;
    return isKept;
  } catch {
    return false;
  }
}

const isBlind = !seesCookies();
let asked = null;
let allowed = null;

function isAllowed(query) {
  if (query !== asked) {
    asked = query;
    allowed = fetch(init + query).then((answer) => answer.ok, () => false);
    allowed.then((isKnown) => {
      if (!isKnown && asked === query) asked = null;
    });
  }
  return allowed;
}

async function stateOf(message, origin) {
  const end = message.lastIndexOf(' ');
  if (end < 1 || isBlind) return 'error';
  const query = new URLSearchParams({ client_id: message.slice(0, end), origin }).toString();
  if (!(await isAllowed(query))) return 'error';
  const present = cookies().find((pair) => pair.startsWith(name))?.slice(name.length) ?? '';
  return present === message.slice(end + 1) ? 'unchanged' : 'changed';
}

addEventListener('message', async ({ data, origin, source }) => {
  if (typeof data !== 'string' || source === null || origin === 'null') return;
  source.postMessage(await stateOf(data, origin), origin);
});
`;

/** @param cookie Name of the cookie that shows the session. */
export const makeWatchPage = (cookie: string): string => page('Session', WATCH, ` data-cookie="${escapeHtml(cookie)}"`);
