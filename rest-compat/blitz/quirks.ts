import type { SignUpStep } from './operations.generated.ts';

/** What the dialect does on purpose although nobody would ask for it, each with its section of docs/dialects/blitz.md. */

/** Section 2.8: lists of code apps always have `name`, though nobody need give one. */
export const NAMELESS = '';

/**
 * Sections 2.4 and 2.19 know no pages: a search answers this many at most, which is the graph's largest page, whatever its
 * `limit` says.
 */
export const MAX_FOUND = 200;

/**
 * Section 2.2: the word `instructions` is cut off in the manual, so their names are our reading. Each is a step of the
 * graph's sign-up.
 */
export const INSTRUCTION_NAMES = ['confirm_email', 'confirm_phone'] as const;

export const INSTRUCTIONS: Readonly<Record<(typeof INSTRUCTION_NAMES)[number], SignUpStep>> = {
  confirm_email: 'CONFIRM_EMAIL',
  confirm_phone: 'CONFIRM_PHONE',
};

/**
 * Section 2.13: what a device is whose browser does not say more; the manual shows one sample and lists no other values. What
 * `cls` means is not told.
 */
export const DESKTOP = { tp: 'Browser', deviceType: 'pc', device: 'PC', cls: true } as const;

/** Section 4: a sign-in names the store that keeps the account; a tenant has one, and what it is called is not told. */
export const ID_STORE = 'internal';

/** Section 2.15: parameters of the provider's address in the order of the manual's sample; what it does not name stands between. */
const SAMPLE_ORDER = ['state', 'scope', 'redirect_uri', 'client_id', '*', 'response_type'];
const placeOf = (name: string): number => SAMPLE_ORDER.indexOf(SAMPLE_ORDER.includes(name) ? name : '*');

/** The address with its parameters in that order, each with its value as it was. */
export function inSampleOrder(address: string): string {
  const url = new URL(address);
  const parameters = [...url.searchParams].sort(([a], [b]) => placeOf(a) - placeOf(b));
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

/** JSON that may stand inside a script element. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/**
 * Section 2.15: in popup mode the browser step answers a page that tells the opener and closes itself. A window without an
 * opener goes on to the callback.
 */
export function popupPage(end: {
  readonly outcome: string;
  readonly callback: string;
  readonly redirectTo: string;
}): string {
  const message = { type: 'fa-bind', outcome: end.outcome.toLowerCase(), redirectTo: end.redirectTo };
  const script = [
    `const message = ${inScript(message)};`,
    'if (window.opener) {',
    `  window.opener.postMessage(message, ${inScript(new URL(end.callback).origin)});`,
    '  window.close();',
    '} else {',
    '  window.location.replace(message.redirectTo);',
    '}',
  ].join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Done</title></head><body><script>${script}</script></body></html>`;
}
