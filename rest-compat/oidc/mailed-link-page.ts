import { escapeHtml } from '../../src/kernel/index.ts';
import type { MailedLinkData } from './operations.generated.ts';

type Link = MailedLinkData['mailedLink'];

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:10vh auto;padding:0 1rem}h1{font-size:1.25rem}button{font:inherit;padding:.5rem 1rem}@media(prefers-color-scheme:dark){:root{color-scheme:dark}}';

/** A page that loads nothing. @param body HTML. */
const makePage = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

/** What a link has its user do, in words. */
const ACTIONS: Readonly<Record<string, string>> = {
  UPDATE_PASSWORD: 'Choose a new password.',
  VERIFY_EMAIL: 'Confirm your e-mail address.',
  CONFIGURE_TOTP: 'Set up an authenticator app.',
};

/** The page of a link: it says whose account is meant and what the button does, which alone uses the link up. */
export function makeLinkPage({ purpose, actions, account, application }: Link): string {
  const isSignIn = purpose === 'SIGN_IN';
  const title = isSignIn ? `Sign in to ${application?.name ?? 'your account'}` : 'Update your account';
  const named = account.name === account.username ? account.name : `${account.name} (${account.username})`;
  const items = actions.map((action) => `<li>${escapeHtml(ACTIONS[action] ?? action)}</li>`);
  return makePage(
    title,
    [
      paragraph(`Account: ${named}`),
      ...(items.length === 0 ? [] : [`<ul>${items.join('')}</ul>`]),
      `<form method="post"><button type="submit">${isSignIn ? 'Sign in' : 'Continue'}</button></form>`,
    ].join('\n'),
  );
}

/** The page of a mail that confirms an address. */
export const makeConfirmPage = (): string =>
  makePage(
    'Confirm your e-mail address',
    [
      paragraph('Confirm that this address is yours.'),
      '<form method="post"><button type="submit">Confirm</button></form>',
    ].join('\n'),
  );

/** The page after an address was confirmed. */
export const makeConfirmedPage = (): string =>
  makePage('Your e-mail address is confirmed', paragraph('You can close this page.'));

/** The page after a link that leads to no application. */
export const makeEndPage = (isCompleted: boolean): string =>
  isCompleted
    ? makePage('Your account is up to date', paragraph('You can close this page.'))
    : makePage(
        'Nothing was changed',
        paragraph('You ended this before it was complete. Ask for another link to try again.'),
      );
