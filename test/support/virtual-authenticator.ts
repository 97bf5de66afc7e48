import type { CDPSession, Page } from 'playwright-core';

/** What an authenticator is, beside what all have. */
const KINDS = {
  /** Part of the device, keeps discoverable keys, and verifies its user at once. */
  device: { transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  /** Plugged in, keeps no key that is discoverable, and knows only whether somebody touches it. */
  'security-key': { transport: 'usb', hasResidentKey: false, hasUserVerification: false, isUserVerified: false },
} as const;

/** An authenticator that Chromium pretends to have (WebAuthn Level 3 section 11), for one page. */
export class VirtualAuthenticator {
  readonly #session: CDPSession;
  readonly #id: string;

  private constructor(session: CDPSession, id: string) {
    this.#session = session;
    this.#id = id;
  }

  /** @param kind Default: `device`. */
  static async addTo(page: Page, kind: keyof typeof KINDS = 'device'): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        automaticPresenceSimulation: true,
        ...KINDS[kind],
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /** Takes it away from the page. */
  async remove(): Promise<void> {
    await this.#session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.#id });
  }

  /** How many passkeys it keeps. */
  async count(): Promise<number> {
    const { credentials } = await this.#session.send('WebAuthn.getCredentials', { authenticatorId: this.#id });
    return credentials.length;
  }

  /** Loses all passkeys. */
  async clear(): Promise<void> {
    await this.#session.send('WebAuthn.clearCredentials', { authenticatorId: this.#id });
  }

  /** Whether its user is verified from now on. */
  async setVerified(isUserVerified: boolean): Promise<void> {
    await this.#session.send('WebAuthn.setUserVerified', { authenticatorId: this.#id, isUserVerified });
  }

  /** Whether its user answers at once from now on; otherwise a request waits. */
  async setPresent(enabled: boolean): Promise<void> {
    await this.#session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.#id, enabled });
  }
}
