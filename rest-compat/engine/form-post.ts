import { createHash } from 'node:crypto';
import { escapeHtml } from '../../src/kernel/index.ts';
import type { RenderedPage } from './host.ts';
import type { FormPost } from './route.ts';

/** Posts the form. A field named `submit` hides the method of the form, so the script takes that of its prototype. */
const SCRIPT = 'HTMLFormElement.prototype.submit.call(document.forms[0])';
const SCRIPT_HASH = createHash('sha256').update(SCRIPT).digest('base64');

/** An origin as a source of a content security policy: nothing that could end the source or the directive. */
const ORIGIN = /^[a-z][a-z\d+.-]*:(\/\/[\w.:[\]-]+)?$/;

/**
 * Makes the page of OAuth 2.0 Form Post Response Mode: a form with hidden fields that a script posts, and a button for browsers
 * without scripts. The policy allows this script and the origin of the action alone.
 * @throws Error The action has no origin that a policy can name.
 */
export function makeFormPost({ action, fields }: FormPost): RenderedPage {
  const { origin, protocol } = new URL(action);
  // An address of a private scheme, such as that of an application on a phone, has no origin.
  const target = origin === 'null' ? protocol : origin;
  if (!ORIGIN.test(target)) throw new Error('A form cannot be posted to this address.');
  const inputs = fields.map(
    ({ name, value }) => `<input type="hidden" name="${escapeAttribute(name)}" value="${escapeAttribute(value)}">`,
  );
  return {
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Continue to the application</title></head>
<body>
<form method="post" action="${escapeAttribute(action)}">
${inputs.join('\n')}
<noscript><button type="submit">Continue</button></noscript>
</form>
<script>${SCRIPT}</script>
</body>
</html>
`,
    policy: `default-src 'none'; script-src 'sha256-${SCRIPT_HASH}'; base-uri 'none'; frame-ancestors 'none'; form-action ${target}`,
  };
}

/** Parsers of HTML read a carriage return in an attribute as a line feed, unless it is written as a reference. */
function escapeAttribute(text: string): string {
  return escapeHtml(text).replaceAll('\r', '&#13;').replaceAll('\n', '&#10;');
}
