import { describe, expect, it } from 'vitest';
import { formTargets } from '../../../rest-compat/oidc/mailed-link.ts';
import { makeLinkPage } from '../../../rest-compat/oidc/mailed-link-page.ts';

type Link = Parameters<typeof makeLinkPage>[0];

describe('the page of a link in a mail', () => {
  const page = (over: object) =>
    makeLinkPage({
      purpose: 'SIGN_IN',
      actions: [],
      returnsTo: null,
      account: { name: 'ada', username: 'ada' },
      application: null,
      ...over,
    } as unknown as Link);

  it('names the application where there is one, and the account by its name and its username', () => {
    expect(page({})).toContain('<h1>Sign in to your account</h1>');
    expect(page({ application: { name: 'Tides & <b>' } })).toContain('<h1>Sign in to Tides &amp; &lt;b&gt;</h1>');
    expect(page({})).toContain('<p>Account: ada</p>');
    expect(page({ account: { name: 'Ada Fern', username: 'ada' } })).toContain('<p>Account: Ada Fern (ada)</p>');
  });

  it('says what there is to do, in words or by its name', () => {
    const html = page({ purpose: 'REQUIRED_ACTIONS', actions: ['VERIFY_EMAIL', 'TERMS<'] });
    expect(html).toContain('<li>Confirm your e-mail address.</li><li>TERMS&lt;</li>');
    expect(html).toContain('<h1>Update your account</h1>');
  });

  it('posts to the service, and to where the application is', () => {
    expect(formTargets(null)).toEqual(["'self'"]);
    expect(formTargets('https://app.example/cb')).toEqual(["'self'", 'https:']);
    expect(formTargets('com.example.app:/cb')).toEqual(["'self'", 'com.example.app:']);
  });
});
