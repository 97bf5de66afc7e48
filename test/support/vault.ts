import { afterAll, beforeAll, expect } from 'vitest';
import type { Caller } from '../../src/access/index.ts';
import { kernelErrors, type TenantRef } from '../../src/kernel/index.ts';
import { type Answer, type Ask, type RestClient, serveWorld } from './rest.ts';
import { World } from './world.ts';

/**
 * Secrets Vault over HTTP, over a world for the tests of the file or suite that calls this.
 * @param limits Default: requests have no limits.
 */
export function vaultOfSuite(limits?: Parameters<typeof serveWorld>[2]): VaultWorld {
  const vault = new VaultWorld();
  beforeAll(() => vault.open(limits));
  afterAll(async () => {
    expect(vault.rest.faults).toEqual([]);
    await vault.close();
  });
  return vault;
}

/** The dialect, the tenant `acme` beside `master`, tokens that stand for callers, and API keys. */
export class VaultWorld {
  world!: World;
  rest!: RestClient;
  master!: TenantRef;
  acme!: TenantRef;
  readonly #callers = new Map<string, Caller>();

  async open(limits?: Parameters<typeof serveWorld>[2]): Promise<void> {
    this.world = await World.open();
    this.master = await this.world.tenant({ name: 'master' });
    this.acme = await this.world.tenant({ name: 'acme', template: 'image' });
    const refused = kernelErrors.UNAUTHENTICATED;
    const callers: Parameters<typeof serveWorld>[1] = {
      apiKey: async (secret, origin): Promise<Caller> => {
        const caller = await this.world.services.apiKeyAuthenticator.authenticate(secret, origin);
        if (caller === null) throw refused();
        return caller;
      },
      bearer: (token, _tenant, origin): Caller => {
        const caller = this.#callers.get(token);
        if (caller === undefined) throw refused();
        return { ...caller, origin };
      },
      client: (): never => {
        throw refused();
      },
    };
    this.rest = await serveWorld(this.world, callers, limits);
  }

  async close(): Promise<void> {
    await this.rest.close();
    await this.world.close();
  }

  /** A token of an application with these permissions. */
  token(tenant: TenantRef, ...scopes: string[]): string {
    const token = `${tenant.name}/${scopes.join(' ')}`;
    this.#callers.set(token, this.world.app(tenant, ...scopes));
    return token;
  }

  /** A token of a user with these permissions. */
  userToken(tenant: TenantRef, userId: string, ...scopes: string[]): string {
    const token = `${tenant.name}/${userId}/${scopes.join(' ')}`;
    this.#callers.set(token, this.world.user(tenant, userId, ...scopes));
    return token;
  }

  /** The token of a user who signed in so many seconds ago. */
  signedInBefore(token: string, seconds: number): string {
    const early = `${token}/${seconds}`;
    const authTime = new Date(this.world.clock.now().getTime() - seconds * 1000);
    this.#callers.set(early, { ...this.#callers.get(token)!, authTime });
    return early;
  }

  /** Sends a request; returns the status and the body. */
  async ask(method: string, path: string, request: Ask = {}): Promise<[number, Answer['json']]> {
    const { status, json } = await this.rest.ask(method, path, request);
    return [status, json];
  }
}
