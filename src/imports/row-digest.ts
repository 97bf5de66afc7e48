import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type MasterKey, sha256 } from '../crypto/index.ts';
import { canonicalJson } from '../kernel/index.ts';
import type { ImportRow } from './import-row.ts';
import { thingKey } from './parts.ts';

/** By what a row is found again, and what it had. */
export interface RowDigest {
  readonly key: Buffer;
  readonly contentHash: Buffer;
}

/** By what a thing is found again. @param key `thingKey` */
export const digestOfKey = (key: string): Buffer => sha256(key);

/** Tells whether rows are the same as those of an earlier import. */
export class RowDigester {
  readonly #key: KeyObject;

  constructor(masterKey: MasterKey) {
    this.#key = createSecretKey(masterKey.derive('import-row'));
  }

  /** The content may have short secrets, so its digest takes a key that is not in the database. */
  digest(row: ImportRow): RowDigest {
    return {
      key: digestOfKey(thingKey(row.kind, row)),
      contentHash: createHmac('sha256', this.#key)
        .update(canonicalJson(row.input) ?? '')
        .digest(),
    };
  }
}
