import { listOf } from './networks.ts';

/**
 * An https URL without user, query and fragment, whose path has the place of an id once. In development, where the service itself is
 * reached over plain http, one of this machine may be http.
 */
const TEMPLATE =
  /^(?:https:\/\/[^/?#@{}\s]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)\/(?:[^/?#{}\s]+\/)*\{tid\}(?:\/[^/?#{}\s]+)*$/;

/** Reads issuers with `{tid}` in place of the id of a directory. @throws Error The text names something else. */
export function parseAuthorities(text: string): readonly string[] {
  const listed = listOf(text);
  const wrong = listed.find((item) => !TEMPLATE.test(item) || !URL.canParse(item));
  if (wrong !== undefined) throw new Error(`"${wrong}" is not the https:// URL of an issuer with {tid} in its path`);
  return listed;
}
