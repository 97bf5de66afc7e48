/** An address that leads to a web page, or null: `javascript:` and other schemes must not become links. */
export function toWebAddress(address: string | null | undefined): string | null {
  if (address == null || !URL.canParse(address, location.href)) return null;
  const { protocol, href } = new URL(address, location.href);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/**
 * Leads the browser on, in place of the page: what the page did is over, so the back button must not lead to it. An application on
 * a phone may have an address of a private scheme, so only script schemes are left out.
 */
export function leadTo(address: string): void {
  const { protocol, href } = new URL(address, location.href);
  if (protocol !== 'javascript:' && protocol !== 'data:') location.replace(href);
}
