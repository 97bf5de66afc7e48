import { describe, expect, it } from 'vitest';
import {
  atApplication,
  button,
  openAt,
  PLACE,
  page,
  returnByHistory,
  sentInput,
  servePages,
  server,
  title,
} from './open-page.ts';
import { ALICE, APPLICATION, linkAccountState, SCREENS, signOutState } from './screens.ts';
import { focused } from './watched-page.ts';

servePages();

describe('the page that asks before an account is linked', () => {
  const answer = () => ({ decideAccountLinking: () => ({ redirectTo: `${server.url}/application?finished` }) });

  it.each([
    ['Link', true],
    ['Do not link', false],
  ])('sends the answer of the button %s, and leads on', async (name, isConfirmed) => {
    await openAt(linkAccountState(), answer());
    await page.getByText('You signed in at Example Mail as alice@mail.example.').waitFor();
    await page.getByText('Here you are signed in as Alice Example.').waitFor();
    await button(name).click();
    await atApplication();
    expect(sentInput()).toEqual({ ...PLACE, userId: ALICE.userId, isConfirmed });
  });

  it.each(['ACCOUNT_LINK_STATE_INVALID', 'ACCOUNT_LINK_SESSION_REQUIRED'])(
    'is loaded again after the refusal %s',
    async (code) => {
      await openAt(linkAccountState(null), { decideAccountLinking: () => server.refuse(code) });
      server.state = SCREENS['error']!;
      await button('Link').click();
      await title('This did not work').waitFor();
      expect(server.loads).toBe(2);
    },
  );
});

describe('the sign-out page', () => {
  const answer = (data: object) => ({ confirmSignOut: () => ({ answer: data }) });

  it('signs out when the person confirms', async () => {
    await openAt(signOutState(), answer({ __typename: 'SignedOut' }));
    await page.getByText('Alice Example').waitFor();
    await button('Sign out').click();
    await title('You are signed out').waitFor();
    expect(await focused(page)).toBe('You are signed out');
    expect(sentInput()).toEqual({ ...PLACE, isConfirmed: true });
  });

  it('shows the way back to the application, where the application names a page', async () => {
    const application = { ...APPLICATION, clientUri: 'https://travel.example/' };
    await openAt(signOutState(application), answer({ __typename: 'SignedOut' }));
    await button('Sign out').click();
    const link = page.getByRole('link', { name: 'Back to Travel Desk' });
    expect(await link.getAttribute('href')).toBe('https://travel.example/');
  });

  it('leads back to the application', async () => {
    const redirectTo = `${server.url}/application?finished`;
    await openAt(signOutState(), answer({ __typename: 'SignOutRedirect', redirectTo }));
    await button('Sign out').click();
    await atApplication();
  });

  it('changes nothing when the person stays', async () => {
    await openAt(signOutState(null), answer({ __typename: 'SignOutDeclined' }));
    await button('Stay signed in').click();
    await title('You are still signed in').waitFor();
    expect(sentInput()).toEqual({ ...PLACE, isConfirmed: false });
  });

  it('asks again when another account has signed in meanwhile', async () => {
    const pageUrl = `${server.url}/application?finished`;
    await openAt(signOutState(), answer({ __typename: 'SignOutConfirmation', handle: 'other', pageUrl }));
    await button('Sign out').click();
    await atApplication();
  });

  it('is loaded again when the question is over', async () => {
    await openAt(signOutState(), { confirmSignOut: () => server.refuse('SIGN_OUT_NOT_FOUND') });
    server.state = SCREENS['error']!;
    await button('Sign out').click();
    await title('This did not work').waitFor();
    expect(server.loads).toBe(2);
  });

  it('says that the service cannot be reached, and tries again', async () => {
    await openAt(signOutState(), answer({ __typename: 'SignedOut' }));
    await page.route('**/graphql', (route) => route.abort());
    await button('Sign out').click();
    await page.getByRole('alert').filter({ hasText: 'The service cannot be reached.' }).waitFor();
    await page.unroute('**/graphql');
    await button('Sign out').click();
    await title('You are signed out').waitFor();
  });

  it('is loaded again when the browser shows a page that it kept', async () => {
    await openAt(signOutState());
    server.state = SCREENS['signed-out']!;
    await returnByHistory();
    await title('You are signed out').waitFor();
  });
});

describe('the pages that end something', () => {
  it('link back to the application after a sign-out', async () => {
    await openAt(SCREENS['signed-out']!);
    const link = page.getByRole('link', { name: 'Back to Travel Desk' });
    expect(await link.getAttribute('href')).toBe('https://travel.example/bye');
    expect(await link.getAttribute('rel')).toBe('noreferrer');
  });

  it('show an error in the language of the page, with its code', async () => {
    await openAt(SCREENS['error']!);
    await page.getByText('This sign-in is over, has expired, or began in another browser.').waitFor();
    await page.getByText('Error code: INTERACTION_NOT_FOUND').waitFor();
  });

  it('show the message of the server for an error without a text, and say where to start again', async () => {
    await openAt(SCREENS['error-without-tenant']!);
    await page.getByText('The address to which the application wants to return is not registered.').waitFor();
    await page.getByText('Go back to the application and start again there.').waitFor();
    expect(await page.title()).toBe('This did not work');
    expect(await page.getByRole('link').count()).toBe(0);
  });
});
