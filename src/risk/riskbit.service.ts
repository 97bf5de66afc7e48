import type { Authority } from '../access/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, type FieldFault, IdentityError, isStorableText, kernelErrors, newId } from '../kernel/index.ts';
import { type Database, type PageRequest, type PageResult, violatedConstraint } from '../persistence/index.ts';
import { riskErrors } from './risk.errors.ts';
import { riskEvents } from './risk.events.ts';
import { matcherOf } from './risk-name.ts';
import type { Riskbit } from './riskbit.entity.ts';
import type { RiskbitFilter, RiskbitStore, RiskPlatform } from './riskbit.store.ts';

/** A riskbit as callers give it. Texts are stored as written and not interpreted. */
export interface RiskbitInput {
  readonly ratingLevel?: string | null | undefined;
  readonly score?: string | null | undefined;
  readonly risk?: string | null | undefined;
  readonly operation?: string | null | undefined;
  readonly riskAndroid?: string | null | undefined;
  readonly riskIos?: string | null | undefined;
  /** Default true. */
  readonly enabled?: boolean | null | undefined;
  /** Name of the tenant it is meant for; refused unless it is the tenant acted on. */
  readonly tenant?: string | null | undefined;
}

/** Result for one riskbit of a list. */
export interface RiskbitResult {
  /** Id of the riskbit; refused ones get an id as well. */
  readonly id: string;
  readonly given: RiskbitInput;
  /** The stored riskbit; null when it was refused. */
  readonly riskbit: Riskbit | null;
  /** Why it was refused; null when it was stored. */
  readonly error: IdentityError | null;
}

/** What is known about a finding on a device. */
export interface DeviceRisk {
  /** Riskbits that list the finding, by rating level, then score. */
  readonly riskbits: readonly Riskbit[];
  /** The strictest operation among them; null when nothing lists the finding. */
  readonly operation: string | null;
}

export interface RiskbitServiceDeps {
  readonly db: Database;
  readonly store: RiskbitStore;
  readonly events: EventLog;
  readonly clock: Clock;
}

const MANDATORY = ['ratingLevel', 'score', 'risk', 'operation'] as const;
const OPTIONAL = ['riskAndroid', 'riskIos'] as const;
/** Rating level and score share an index row: together at most 512 characters or 2,048 bytes, below the limit of 2,704. */
const MAX_LENGTH = 255;
const MAX_LIST = 16_384;
/** Events a transaction may hold (docs/data-model.md). */
const EVENTS_PER_COMMIT = 5_000;
/** From mild to strict. An operation that is not listed counts as `HIGH_RISK`, so that a typo does not admit a device. */
const STRICTNESS: Readonly<Record<string, number>> = { OK: 0, MEDIUM: 1, HIGH_RISK: 2 };

/** Rules of riskbits, and the verdict on a device. */
export class RiskbitService {
  readonly #deps: RiskbitServiceDeps;

  constructor(deps: RiskbitServiceDeps) {
    this.#deps = deps;
  }

  find(authority: Authority, id: string): Promise<Riskbit | null> {
    return this.#deps.store.findById(authority.tenant.id, id);
  }

  /** The riskbit with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<Riskbit | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  page(authority: Authority, filter: RiskbitFilter, request: PageRequest): Promise<PageResult<Riskbit>> {
    return this.#deps.store.page(authority.tenant.id, filter, request);
  }

  /** @throws RISKBIT_INCOMPLETE, RISKBIT_EXISTS, RISKBIT_TENANT_MISMATCH, INVALID_INPUT */
  async create(authority: Authority, input: RiskbitInput): Promise<Riskbit> {
    const [result] = await this.createMany(authority, [input]);
    if (result!.error !== null) throw result!.error;
    return result!.riskbit!;
  }

  /**
   * Adds riskbits independently: the refusal of one does not affect the others. Commits 5,000 at a time, with an event for
   * each stored one.
   */
  async createMany(authority: Authority, inputs: readonly RiskbitInput[]): Promise<RiskbitResult[]> {
    const results: RiskbitResult[] = [];
    for (let start = 0; start < inputs.length; start += EVENTS_PER_COMMIT) {
      results.push(...(await this.#createBatch(authority, inputs.slice(start, start + EVENTS_PER_COMMIT))));
    }
    return results;
  }

  /** Changes what is given; the rest stays. @throws RISKBIT_NOT_FOUND, RISKBIT_INCOMPLETE, RISKBIT_EXISTS, INVALID_INPUT */
  async update(authority: Authority, id: string, input: RiskbitInput): Promise<Riskbit> {
    return this.#deps.db.transaction(async () => {
      const riskbit = await this.#deps.store.lock(authority.tenant.id, id);
      if (riskbit === null) throw riskErrors.RISKBIT_NOT_FOUND();
      const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const next = checkedValues(authority, { ...riskbit, ...given });
      const names = Object.keys(next) as (keyof RiskbitValues)[];
      const changed = names.filter((name) => (riskbit[name] ?? null) !== next[name]);
      if (changed.length === 0) return riskbit;
      Object.assign(riskbit, next, { updatedAt: this.#deps.clock.now() });
      await this.#flushMapped();
      this.#record(authority, riskEvents['riskbit.updated'], riskbit, { changed });
      return riskbit;
    });
  }

  /** @throws RISKBIT_NOT_FOUND */
  async delete(authority: Authority, id: string): Promise<Riskbit> {
    return this.#deps.db.transaction(async () => {
      const riskbit = await this.#deps.store.delete(authority.tenant.id, id);
      if (riskbit === null) throw riskErrors.RISKBIT_NOT_FOUND();
      this.#record(authority, riskEvents['riskbit.deleted'], riskbit);
      return riskbit;
    });
  }

  /** Deletes every riskbit of the tenant, 5,000 a commit. @returns How many. @throws RISKBIT_NOT_FOUND There were none. */
  async deleteAll(authority: Authority): Promise<number> {
    let total = 0;
    for (let count = EVENTS_PER_COMMIT; count === EVENTS_PER_COMMIT; total += count) {
      count = await this.#deps.db.transaction(async () => {
        const deleted = await this.#deps.store.deleteSome(authority.tenant.id, EVENTS_PER_COMMIT);
        for (const riskbit of deleted) this.#record(authority, riskEvents['riskbit.deleted'], riskbit);
        return deleted.length;
      });
    }
    if (total === 0) throw riskErrors.RISKBIT_NOT_FOUND({ message: 'There are no riskbits.' });
    return total;
  }

  /**
   * Finds the riskbits that list a finding for a platform and the strictest of their operations. Records an event for each
   * call.
   * @param platform `ios` or `android`, in any case.
   * @throws RISK_QUESTION_INCOMPLETE The name is missing, or the platform missing or unknown.
   */
  async verifyDevice(authority: Authority, platform: string, riskName: string): Promise<DeviceRisk> {
    const asked = checkedQuestion(platform, riskName);
    const { store, events } = this.#deps;
    const listing = await store.findListing(authority.tenant.id, asked.platform);
    const matches = matcherOf(asked.riskName);
    const riskbits = listing.filter((row) => matches((asked.platform === 'ios' ? row.riskIos : row.riskAndroid) ?? ''));
    const operation = strictest(riskbits);
    await events.append(authority.caller, authority.tenant, {
      type: riskEvents['device_risk.assessed'],
      subjectId: authority.caller.userId,
      params: { platform: asked.platform, risk_name: asked.riskName, operation, riskbits: riskbits.length },
    });
    return { riskbits, operation };
  }

  async #createBatch(authority: Authority, inputs: readonly RiskbitInput[]): Promise<RiskbitResult[]> {
    const { db, store, clock } = this.#deps;
    const now = clock.now();
    const drafts = inputs.map((given) => draftOf(authority, given, now));
    const sound = drafts.flatMap(({ riskbit }) => riskbit ?? []);
    if (sound.length === 0) return drafts;
    return db.transaction(async () => {
      const added = await store.insertFree(sound);
      for (const riskbit of sound)
        if (added.has(riskbit.id)) this.#record(authority, riskEvents['riskbit.created'], riskbit);
      return drafts.map((draft) =>
        draft.riskbit === null || added.has(draft.id)
          ? draft
          : { ...draft, riskbit: null, error: riskErrors.RISKBIT_EXISTS() },
      );
    });
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      if (violatedConstraint(error) === 'riskbits__rating_level__score') throw riskErrors.RISKBIT_EXISTS();
      throw error;
    }
  }

  #record(
    authority: Authority,
    type: EventType,
    { id, ratingLevel, score, operation }: Riskbit,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#deps.events.record(authority.caller, authority.tenant, {
      type,
      params: { riskbit_id: id, rating_level: ratingLevel, score, operation, ...more },
    });
  }
}

type RiskbitValues = Pick<Riskbit, (typeof MANDATORY)[number] | (typeof OPTIONAL)[number] | 'enabled'>;

function draftOf(authority: Authority, given: RiskbitInput, now: Date): RiskbitResult {
  const id = newId();
  try {
    const values = checkedValues(authority, given);
    const riskbit = { tenantId: authority.tenant.id, id, ...values, createdAt: now, updatedAt: now };
    return { id, given, riskbit, error: null };
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    return { id, given, riskbit: null, error };
  }
}

/** What is stored of a riskbit: mandatory texts as they are, lists of findings null when empty. */
function checkedValues(authority: Authority, given: RiskbitInput): RiskbitValues {
  if (given.tenant != null && given.tenant !== authority.tenant.name) throw riskErrors.RISKBIT_TENANT_MISMATCH();
  const missing = MANDATORY.filter((name) => given[name] == null || given[name].trim() === '');
  if (missing.length > 0) {
    const { message } = riskErrors.RISKBIT_INCOMPLETE();
    throw riskErrors.RISKBIT_INCOMPLETE({
      fields: missing.map((name) => ({ path: `input.riskbit.${name}`, code: 'RISKBIT_INCOMPLETE', message })),
    });
  }
  const faults = [...textFaults(given, MANDATORY, MAX_LENGTH), ...textFaults(given, OPTIONAL, MAX_LIST)];
  if (faults.length > 0) throw kernelErrors.INVALID_INPUT({ fields: faults });
  return {
    ratingLevel: given.ratingLevel!,
    score: given.score!,
    risk: given.risk!,
    operation: given.operation!,
    riskAndroid: given.riskAndroid || null,
    riskIos: given.riskIos || null,
    enabled: given.enabled ?? true,
  };
}

function textFaults(
  given: RiskbitInput,
  names: readonly ((typeof MANDATORY)[number] | (typeof OPTIONAL)[number])[],
  max: number,
): FieldFault[] {
  return names
    .filter((name) => (given[name]?.length ?? 0) > max || !isStorableText(given[name] ?? ''))
    .map((name) => ({
      path: `input.riskbit.${name}`,
      code: 'TEXT_INVALID',
      message: `The text has at most ${max} characters and is well-formed.`,
    }));
}

function checkedQuestion(platform: string, riskName: string): { platform: RiskPlatform; riskName: string } {
  const name = platform.trim().toLowerCase();
  const isSound = riskName.trim() !== '' && riskName.length <= MAX_LENGTH && isStorableText(riskName);
  if (isSound && (name === 'ios' || name === 'android')) return { platform: name, riskName };
  throw riskErrors.RISK_QUESTION_INCOMPLETE().at(isSound ? 'input.platform' : 'input.riskName');
}

const strictnessOf = (operation: string): number => STRICTNESS[operation.trim().toUpperCase()] ?? 2;

function strictest(riskbits: readonly Riskbit[]): string | null {
  return riskbits.reduce<string | null>(
    (worst, { operation }) => (worst === null || strictnessOf(operation) > strictnessOf(worst) ? operation : worst),
    null,
  );
}
