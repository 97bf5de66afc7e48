/** The callback with an error in its query, in the form of RFC 6749 section 4.1.2.1. */
export function withError(callback: string, error: string, description: string): string {
  const url = new URL(callback);
  url.searchParams.set('error', error);
  url.searchParams.set('error_description', description);
  return url.href;
}
