import { type MasterKey, Sealer } from '../../crypto/index.ts';
import { StartRefused } from '../environment/start-refused.ts';
import type { ClusterStore } from './cluster.store.ts';

const FACT = 'master-key-check';
const PLAIN = 'the master key of this database';

/** What the check needs to know about the database. */
export interface MasterKeyEvidence {
  /** Whether the database has no tenant and so no secret. */
  isEmpty(): Promise<boolean>;
  /** Whether the key decrypts a stored secret; null when none is stored. */
  opensStoredKey(): Promise<boolean | null>;
}

/**
 * Refuses a master key other than the one that encrypted the secrets of this database. An encrypted check value is stored for
 * that comparison. It is written only into an empty database, or after the key has decrypted a stored secret, so that a wrong
 * key is never taken for the right one.
 * @param place How the message names the database: "the database of DATABASE_URL".
 * @throws StartRefused The key is not the right one.
 */
export async function requireMasterKey(
  store: ClusterStore,
  masterKey: MasterKey,
  evidence: MasterKeyEvidence,
  place: string,
): Promise<void> {
  if (await isRight(store, new Sealer(masterKey, FACT), evidence)) return;
  throw new StartRefused(`MASTER_KEY is not the key that encrypted the secrets in ${place}.`);
}

async function isRight(store: ClusterStore, sealer: Sealer, evidence: MasterKeyEvidence): Promise<boolean> {
  const kept = await store.findFact(FACT);
  if (kept !== null) return opens(sealer, kept);
  const opensStored = await evidence.opensStoredKey();
  if (opensStored === false) return false;
  // Nothing confirms or contradicts the key, so it is used, but no check value is stored.
  if (opensStored === null && !(await evidence.isEmpty())) return true;
  // When nodes start together on an empty database, the value of the first one is kept.
  return opens(sealer, await store.keepFact(FACT, sealer.seal(PLAIN, FACT)));
}

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    return sealer.open(sealed, FACT).toString() === PLAIN;
  } catch {
    return false;
  }
}
