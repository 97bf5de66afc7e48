import type { SignUpStep } from './operations.generated.ts';

/** Deliberate oddities of the dialect, each with its section of docs/dialects/blitz.md. */

/** Section 2.8: lists of code apps always have `name`, although a name is optional. */
export const NAMELESS = '';

/**
 * Sections 2.4 and 2.19 have no pages: a search answers at most this many items, the graph's largest page, whatever its `limit`
 * says.
 */
export const MAX_FOUND = 200;

/**
 * Section 2.2: the manual is cut off at `instructions`, so these names are assumptions. Each is a step of the graph's sign-up.
 */
export const INSTRUCTION_NAMES = ['confirm_email', 'confirm_phone'] as const;

export const INSTRUCTIONS: Readonly<Record<(typeof INSTRUCTION_NAMES)[number], SignUpStep>> = {
  confirm_email: 'CONFIRM_EMAIL',
  confirm_phone: 'CONFIRM_PHONE',
};

/**
 * Section 2.13: the description of a device whose browser does not say more. The manual shows this one sample and lists no
 * other values; it does not say what `cls` means.
 */
export const DESKTOP = { tp: 'Browser', deviceType: 'pc', device: 'PC', cls: true } as const;

/** Section 4: a sign-in names the store of the account. A tenant has one store, and the manual does not say its name. */
export const ID_STORE = 'internal';

/** Section 2.15: the parameters of the provider's URL in the order of the manual's sample; `*` is the place of all others. */
const SAMPLE_ORDER = ['state', 'scope', 'redirect_uri', 'client_id', '*', 'response_type'];
const placeOf = (name: string): number => SAMPLE_ORDER.indexOf(SAMPLE_ORDER.includes(name) ? name : '*');

/** Sorts the parameters of the URL into that order. */
export function inSampleOrder(address: string): string {
  const url = new URL(address);
  const parameters = [...url.searchParams].sort(([a], [b]) => placeOf(a) - placeOf(b));
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

/** Makes JSON that is safe inside a script element. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/**
 * Section 2.15: in popup mode the browser step answers with a page that sends a message to its opener and closes itself. A
 * window without an opener continues to the callback.
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
