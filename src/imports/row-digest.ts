import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type MasterKey, sha256 } from '../crypto/index.ts';
import { canonicalJson } from '../kernel/index.ts';
import type { ImportRow } from './import-row.ts';

/** By what a row is found again, and what it had. */
export interface RowDigest {
  readonly key: Buffer;
  readonly contentHash: Buffer;
}

/** Tells whether rows are the same as those of an earlier import. */
export class RowDigester {
  readonly #key: KeyObject;

  constructor(masterKey: MasterKey) {
    this.#key = createSecretKey(masterKey.derive('import-row'));
  }

  /** The content may have short secrets, so its digest takes a key that is not in the database. */
  digest({ kind, owner, name, input }: ImportRow): RowDigest {
    return {
      key: sha256(JSON.stringify([kind, owner, name])),
      contentHash: createHmac('sha256', this.#key)
        .update(canonicalJson(input) ?? '')
        .digest(),
    };
  }
}
