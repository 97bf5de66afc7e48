import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Sealer } from '../../crypto/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { openUnitOfWork } from '../../persistence/index.ts';
import type { NamedSecret, TenantSecretStore } from './tenant-secret.store.ts';

/** Keys of a tenant, 32 random bytes each. */
export interface ImageProofKeys {
  /** Derives the salt of each name, whether or not somebody has it. If it is lost, every user has to begin anew. */
  readonly salt: Buffer;
  /** Derives what is answered for names that nobody has, always the same. */
  readonly fake: Buffer;
  /** Encrypts what a proof is compared with, so that a database alone allows no guesses. */
  readonly keyEncryption: Buffer;
}

/** Under which names they are stored. */
const NAMES: Readonly<Record<keyof ImageProofKeys, string>> = {
  salt: 'salt',
  fake: 'fake',
  keyEncryption: 'key-encryption',
};
const MEMBERS = Object.keys(NAMES) as (keyof ImageProofKeys)[];
const KEY_BYTES = 32;
/** Some 600 bytes each, so 6 MB: keys of 10,000 tenants. */
const MAX_TENANTS = 10_000;

export interface TenantSecretsDeps {
  readonly store: TenantSecretStore;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** The keys that image proofs of a tenant need. They are made on first use, never change and live in a bounded cache. */
export class TenantSecrets {
  readonly #deps: TenantSecretsDeps;
  readonly #known = new LRUCache<string, ImageProofKeys>({ max: MAX_TENANTS });

  constructor(deps: TenantSecretsDeps) {
    this.#deps = deps;
  }

  /**
   * The keys of a tenant. Of callers at the same moment, on whatever nodes, all get the same.
   * @throws Error They were sealed under another master key.
   */
  async of(tenantId: string): Promise<ImageProofKeys> {
    const known = this.#known.get(tenantId);
    if (known !== undefined) return known;
    const keys = (await this.#find(tenantId)) ?? (await this.#make(tenantId));
    this.#known.set(tenantId, keys);
    return keys;
  }

  /** Null when the tenant lacks one. */
  async #find(tenantId: string): Promise<ImageProofKeys | null> {
    const stored = new Map((await this.#deps.store.find(tenantId)).map(({ name, sealed }) => [name, sealed]));
    const open = MEMBERS.map((member) => {
      const sealed = stored.get(NAMES[member]);
      return sealed === undefined ? null : [member, this.#deps.sealer.open(sealed, contextOf(tenantId, NAMES[member]))];
    });
    return open.includes(null) ? null : (Object.fromEntries(open as [string, Buffer][]) as unknown as ImageProofKeys);
  }

  async #make(tenantId: string): Promise<ImageProofKeys> {
    // A unit of work that is undone would take keys away that were used already.
    if (openUnitOfWork() !== undefined) throw new Error('Ask for the keys before the unit of work opens.');
    const { clock, sealer, store } = this.#deps;
    const made: NamedSecret[] = Object.values(NAMES).map((name) => ({
      name,
      sealed: sealer.seal(randomBytes(KEY_BYTES), contextOf(tenantId, name)),
    }));
    await store.addMissing(tenantId, made, clock.now());
    return (await this.#find(tenantId))!;
  }
}

const contextOf = (tenantId: string, name: string): string => `tenant-secret/${tenantId}/${name}`;
