import { type MasterKey, Sealer } from '../../crypto/index.ts';
import { StartRefused } from '../environment/start-refused.ts';
import type { ClusterStore } from './cluster.store.ts';

const FACT = 'master-key-check';
const PLAIN = 'the master key of this database';

/** What the check asks of the store that was found. */
export interface MasterKeyEvidence {
  /** Whether the store is as new as it can be: no tenant, and so no secret. */
  isEmpty(): Promise<boolean>;
  /** Whether a stored secret opens with the key; null when none is stored. */
  opensStoredKey(): Promise<boolean | null>;
}

/**
 * Refuses a master key other than the one with which the secrets of this store were sealed. A check value is kept for that
 * comparison; it is written on an empty store, or once a stored key was opened, so that a wrong key is never taken for the
 * right one.
 * @param place How the operator knows the store: "the database of DATABASE_URL".
 * @throws StartRefused The key is another one.
 */
export async function requireMasterKey(
  store: ClusterStore,
  masterKey: MasterKey,
  evidence: MasterKeyEvidence,
  place: string,
): Promise<void> {
  if (await isRight(store, new Sealer(masterKey, FACT), evidence)) return;
  throw new StartRefused(`MASTER_KEY is not the key with which the secrets in ${place} were sealed.`);
}

async function isRight(store: ClusterStore, sealer: Sealer, evidence: MasterKeyEvidence): Promise<boolean> {
  const kept = await store.findFact(FACT);
  if (kept !== null) return opens(sealer, kept);
  const opensStored = await evidence.opensStoredKey();
  if (opensStored === false) return false;
  // Nothing proves or contradicts the key, so it is used and not written down.
  if (opensStored === null && !(await evidence.isEmpty())) return true;
  // Of nodes that start together on an empty store the first one's value holds.
  return opens(sealer, await store.keepFact(FACT, sealer.seal(PLAIN, FACT)));
}

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    return sealer.open(sealed, FACT).toString() === PLAIN;
  } catch {
    return false;
  }
}
