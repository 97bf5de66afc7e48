import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrowserAnswer, PageHeaders, Route } from '../../../rest-compat/engine/index.ts';
import { Engine, route } from '../../../rest-compat/engine/index.ts';
import { IdentityError, kernelErrors } from '../../../src/kernel/index.ts';
import { PAGE_POLICY } from '../../../src/server/http/page-policies.ts';
import { type Answer, type Ask, ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { ACME, handMadeHost } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';

const PATH = '/t/acme/tiny/page';
const HTML = { headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } };

/** A row for browsers that answers so. */
const rowOf = (answer: BrowserAnswer, over: Partial<Route> = {}): Route => ({
  ...route({
    method: 'GET',
    path: '/page',
    spec: 'Tiny',
    summary: 'Answers a browser.',
    callers: { browser: true },
    operation: ShowTenant,
    reply: { status: 303, as: 'browser', from: () => answer },
  }),
  ...over,
});

/** A row whose operation fails. */
const failing = (error: Error, over: Partial<Route> = {}): Route =>
  rowOf(
    { redirectTo: '/' },
    {
      toVariables: () => {
        throw error;
      },
      ...over,
    },
  );

let rest: RestClient | undefined;
let reported: unknown[] = [];
afterEach(async () => {
  await rest?.close();
  rest = undefined;
});

const makeEngine = (row: Route): Engine => {
  const host = handMadeHost();
  reported = [];
  const report = (error: unknown) => reported.push(error);
  return new Engine([tinyDialect({}, [row])], { ...host, report }, ENGINE_OPTIONS);
};

const ask = async (row: Route, request: Ask = {}, path = PATH): Promise<Answer> => {
  await rest?.close();
  rest = await RestClient.serve(makeEngine(row).middleware);
  return rest.ask('GET', path, request);
};

/** The state in a page. */
const stateIn = ({ text }: Answer) =>
  JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!);

describe('a row for browsers that redirects', () => {
  it('answers with its status, 303 or 302, and nothing is stored', async () => {
    const { status, headers, text } = await ask(rowOf({ redirectTo: 'https://app.example.com/cb?code=1&state=a%20b' }));
    expect([status, headers.location, text]).toEqual([303, 'https://app.example.com/cb?code=1&state=a%20b', '']);
    expect(headers['cache-control']).toBe('no-store');
    const found = rowOf(
      { redirectTo: '/next' },
      { reply: { status: 302, as: 'browser', from: () => ({ redirectTo: '/' }) } },
    );
    expect((await ask(found)).status).toBe(302);
  });

  it.each([200, 301, 307, 308])('does not start with status %i (RFC 9700 §4.12) (check 20)', (status) => {
    const row = rowOf({ redirectTo: '/' }, { reply: { status, as: 'browser', from: () => ({ redirectTo: '/' }) } });
    expect(() => makeEngine(row)).toThrow(
      `tiny GET /t/{tenant}/tiny/page: a row for browsers redirects with 303 or 302, not ${status}.`,
    );
  });

  it('percent-encodes what a header cannot hold, and nothing else', async () => {
    const { headers } = await ask(rowOf({ redirectTo: 'app:/ä\r\nSet-Cookie: x=1\0\ud800?a=%C3%A4"<>\\' }));
    expect(headers.location).toBe('app:/%C3%A4%0D%0ASet-Cookie:%20x=1%00%EF%BF%BD?a=%C3%A4"<>\\');
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2']);
  });
});

describe('a row for browsers that posts a form', () => {
  const post = (fields: { name: string; value: string }[], action = 'https://app.example.com:8443/cb?x=1&y=2') =>
    ask(rowOf({ post: { action, fields } }));

  it('answers with a page whose policy allows its one script and the origin of the action alone', async () => {
    const { status, headers, text } = await post([{ name: 'code', value: 'abc' }]);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['cache-control']).toBe('no-store');
    const scripts = [...text.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script!);
    expect(scripts).toHaveLength(1);
    const hash = createHash('sha256').update(scripts[0]!).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'; ` +
        'form-action https://app.example.com:8443',
    );
    expect(text).toContain('<form method="post" action="https://app.example.com:8443/cb?x=1&amp;y=2">');
    expect(text).toContain('<input type="hidden" name="code" value="abc">');
  });

  it('writes hostile values as text', async () => {
    const hostile = '"></form><script>alert(1)</script><form action="//evil">&amp;\r\n\'';
    const { text } = await post([
      { name: hostile, value: 'x' },
      { name: 'submit', value: hostile },
      { name: 'state', value: 's'.repeat(4096) },
    ]);
    const escaped = `&quot;&gt;&lt;/form&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;form action=&quot;//evil&quot;&gt;&amp;amp;&#13;&#10;'`;
    expect(text).toContain(`<input type="hidden" name="${escaped}" value="x">`);
    expect(text).toContain(`<input type="hidden" name="submit" value="${escaped}">`);
    expect(text).toContain(`<input type="hidden" name="state" value="${'s'.repeat(4096)}">`);
    expect(text.match(/<(form|script)\b/g)).toEqual(['<form', '<script']);
  });

  it('names the scheme of an action without an origin, and refuses one that would end the policy', async () => {
    const { headers } = await post([], 'com.example.app:/cb');
    expect(headers['content-security-policy']).toMatch(/; form-action com\.example\.app:$/);
    expect((await post([], 'https://app.example.com;sandbox/cb')).status).toBe(500);
    expect((await post([], 'https://app.example.com,sandbox/cb')).status).toBe(500);
  });
});

describe('a row for browsers that shows a page', () => {
  it('answers with the page, its state, which holds the tenant and the language, and its policy', async () => {
    const answer = await ask(
      rowOf({ document: 'sign-in', state: { page: 'sign-in', handle: 'h', text: '</script><!--' } }),
    );
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-security-policy']).toBe(PAGE_POLICY);
    expect(stateIn(answer)).toEqual({
      tenant: { name: 'acme', displayName: 'acme' },
      locale: 'en',
      page: 'sign-in',
      handle: 'h',
      text: '</script><!--',
    });
  });

  it('is in the language of the reader among those of the tenant', async () => {
    const localeOf = async (locales: readonly string[], accepted: string) => {
      await rest?.close();
      const host = handMadeHost({ tenantByName: () => ({ ...ACME, settings: { ...ACME.settings, locales } }) });
      const row = rowOf({ document: 'sign-in', state: { page: 'sign-in' } });
      rest = await RestClient.serve(new Engine([tinyDialect({}, [row])], host, ENGINE_OPTIONS).middleware);
      return stateIn(await rest.ask('GET', PATH, { headers: { 'accept-language': accepted } })).locale;
    };
    expect(await localeOf([], 'de-AT, en;q=0.5')).toBe('de');
    expect(await localeOf(['ru', 'en'], 'de-AT, en;q=0.5')).toBe('en');
    expect(await localeOf(['ru', 'en'], 'fr')).toBe('ru');
  });

  it('has the headers of its tenant: a policy beside its own, and no header that cannot be sent', async () => {
    const tenantWith = (browserHeaders: PageHeaders) => ({ ...ACME, settings: { ...ACME.settings, browserHeaders } });
    const headersOf = async (browserHeaders: PageHeaders) => {
      await rest?.close();
      const host = handMadeHost({ tenantByName: () => tenantWith(browserHeaders) });
      const row = rowOf({ document: 'sign-in', state: { page: 'sign-in' } });
      rest = await RestClient.serve(new Engine([tinyDialect({}, [row])], host, ENGINE_OPTIONS).middleware);
      const { headers } = await rest.ask('GET', PATH, {});
      return [
        headers['content-security-policy'],
        headers['content-security-policy-report-only'],
        headers['x-robots-tag'],
      ];
    };
    const none = { contentSecurityPolicy: null, contentSecurityPolicyReportOnly: null, robotsTag: null };
    expect(await headersOf(none)).toEqual([PAGE_POLICY, undefined, undefined]);
    const policy = "img-src 'none'; frame-ancestors *";
    const own = { contentSecurityPolicy: policy, contentSecurityPolicyReportOnly: "img-src 'self'", robotsTag: 'none' };
    expect(await headersOf(own)).toEqual([`${PAGE_POLICY}, ${policy}`, "img-src 'self'", 'none']);
    const unusable = {
      contentSecurityPolicy: 'a\r\nSet-Cookie: b',
      contentSecurityPolicyReportOnly: '',
      robotsTag: 'ключ',
    };
    expect(await headersOf(unusable)).toEqual([PAGE_POLICY, undefined, undefined]);
  });

  it('answers with the status and the language that the row gives', async () => {
    const state = { page: 'error', locale: 'de', code: 'X', message: 'No.', startAgainAt: null };
    const answer = await ask(rowOf({ document: 'sign-in', state, status: 400 }));
    expect([answer.status, stateIn(answer).locale]).toEqual([400, 'de']);
  });

  it('answers with the page of a dialect, whose policy allows its scripts by their hashes', async () => {
    const { status, headers, text } = await ask(rowOf({ page: '<p>a</p><script>one()</script>' }));
    expect([status, text]).toEqual([200, '<p>a</p><script>one()</script>']);
    const hash = createHash('sha256').update('one()').digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    );
  });
});

describe('a page of a dialect with a form', () => {
  it('has the status and the targets of forms that the row gives, and its cookies', async () => {
    const { status, headers } = await ask(
      rowOf({ page: '<form method="post"></form>', status: 409, formAction: ["'self'", 'https://app.example.com'] }),
    );
    expect(status).toBe(409);
    expect(headers['content-security-policy']).toContain("; form-action 'self' https://app.example.com");
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2']);
  });
});

describe('errors of a row with faults on a page', () => {
  const gone = new IdentityError('SIGN_UP_NOT_FOUND', 'not-found', 'It is <gone>.');
  const page = { faults: 'page' } as const;

  it('are the page, in the status of their kind, for readers who accept HTML', async () => {
    const answer = await ask(failing(gone, page), HTML);
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.vary).toBe('Accept');
    expect(answer.headers['content-security-policy']).toBe(PAGE_POLICY);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(stateIn(answer)).toEqual({
      tenant: { name: 'acme', displayName: 'acme' },
      locale: 'en',
      page: 'error',
      code: 'SIGN_UP_NOT_FOUND',
      message: 'It is <gone>.',
      startAgainAt: null,
    });
  });

  it.each([undefined, '', '*/*', 'application/json', 'text/*', 'text/html;q=0', 'text/html; q=0.0, */*', 'xtext/html'])(
    'are answered as the dialect does with Accept: %s',
    async (accept) => {
      const answer = await ask(failing(gone, page), accept === undefined ? {} : { headers: { accept } });
      expect([answer.status, answer.json.error, answer.headers.vary]).toEqual([404, 'absent', 'Accept']);
    },
  );

  it.each(['text/html', 'TEXT/HTML;level=1', 'application/json, text/html;q=0.1'])(
    'are the page with Accept: %s',
    async (accept) => {
      const answer = await ask(failing(gone, page), { headers: { accept } });
      expect(answer.headers['content-type']).toContain('text/html');
    },
  );

  it('are those that the row does not list', async () => {
    const errors = { NOT_FOUND: { status: 410, envelope: 'plain', error: 'listed' } };
    const listed = await ask(failing(kernelErrors.NOT_FOUND(), { ...page, errors }), HTML);
    expect([listed.status, listed.json.error]).toEqual([410, 'listed']);
    const none = await ask(failing(kernelErrors.NOT_FOUND()), HTML);
    expect([none.status, none.json.error, none.headers.vary]).toEqual([404, 'absent', undefined]);
  });

  it('have the status of each kind, which the dialect may answer by another', async () => {
    for (const [kind, status] of [
      ['invalid', 400],
      ['unauthenticated', 401],
      ['forbidden', 403],
      ['conflict', 409],
      ['refused', 422],
      ['too-large', 413],
    ] as const)
      expect((await ask(failing(new IdentityError('X', kind, 'No.'), page), HTML)).status).toBe(status);
    const throttled = await ask(failing(kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: 2.5 }), page), HTML);
    expect([throttled.status, throttled.headers['retry-after']]).toEqual([429, '3']);
  });

  it('name no tenant where there is none, and show nothing of a fault of the service', async () => {
    const unknown = await ask(rowOf({ redirectTo: '/' }, page), HTML, '/t/nowhere/tiny/page');
    expect([unknown.status, stateIn(unknown)]).toMatchObject([404, { tenant: null, code: 'TENANT_UNKNOWN' }]);
    const broken = await ask(failing(new Error('secret of the database'), page), HTML);
    expect([broken.status, stateIn(broken).code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(broken.text).not.toContain('secret of the database');
    expect(reported).toHaveLength(1);
  });
});

describe('the window of a row', () => {
  const openerOf = ({ headers }: Answer) => headers['cross-origin-opener-policy'];

  it('keeps its opener on every answer of a row that says so, errors too, and on no other', async () => {
    const opener = { opener: true } as const;
    const answers: BrowserAnswer[] = [
      { redirectTo: '/' },
      { post: { action: 'https://app.example.com/cb', fields: [] } },
      { document: 'sign-in', state: {} },
      { page: '<script>close()</script>' },
    ];
    for (const answer of answers) {
      expect(openerOf(await ask(rowOf(answer, opener)))).toBe('unsafe-none');
      expect(openerOf(await ask(rowOf(answer)))).toBeUndefined();
    }
    const error = kernelErrors.NOT_FOUND();
    expect(openerOf(await ask(failing(error, opener)))).toBe('unsafe-none');
    expect(openerOf(await ask(failing(error, { ...opener, faults: 'page' }), HTML))).toBe('unsafe-none');
    expect(openerOf(await ask(rowOf(answers[0]!, opener), {}, '/t/nowhere/tiny/page'))).toBe('unsafe-none');
    expect(openerOf(await ask(rowOf(answers[0]!, opener), {}, '/t/acme/tiny/other'))).toBeUndefined();
  });

  it('may be framed by the sources that the row names, whatever it answers', async () => {
    const framed = { framed: ['https://a.example', "'self'"] };
    const ancestors = async (row: Route) =>
      /frame-ancestors [^;]*/.exec(String((await ask(row)).headers['content-security-policy']))?.[0];
    const named = "frame-ancestors https://a.example 'self'";
    expect(await ancestors(rowOf({ page: '<p></p>' }, framed))).toBe(named);
    expect(await ancestors(rowOf({ redirectTo: '/' }, framed))).toBe(named);
    expect(await ancestors(rowOf({ document: 'sign-in', state: {} }, framed))).toBe(named);
    expect(await ancestors(failing(kernelErrors.NOT_FOUND(), framed))).toBe(named);
    expect(await ancestors(rowOf({ page: '<p></p>' }))).toBe("frame-ancestors 'none'");
  });
});
