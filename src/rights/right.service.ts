import type { Authority } from '../access/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, type IdentityError, kernelErrors } from '../kernel/index.ts';
import { type Database, violatedConstraint } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import { canonicalUserId } from '../users/index.ts';
import {
  partyKey,
  type RightObjectRef,
  type RightParties,
  type RightParty,
  type RightSubjectKind,
  type RightSubjectRef,
} from './parties.ts';
import { rightErrors } from './right.errors.ts';
import { rightEvents } from './right.events.ts';
import type { RightPair, RightStore, StoredRight } from './right.store.ts';
import { type ChangeRights, checkChange, checkRightsInput, type RightsInput } from './right-input.ts';

/** A right with its subject and object as callers name them. */
export interface Right {
  readonly tenantId: string;
  readonly subject: RightParty<RightSubjectKind>;
  readonly object: RightParty;
  readonly name: string;
  readonly tags: readonly string[];
  readonly createdAt: Date;
}

export interface RightServiceDeps {
  readonly db: Database;
  readonly store: RightStore;
  readonly parties: RightParties;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange' | 'assertMayRefer'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Tags of a right that was granted without tags. */
const DEFAULT_TAGS = ['set_from_api'];
/** Most tags that one right can collect: 100 of 64 characters are 6 KB a row. */
const MAX_TAGS = 100;
/**
 * Lists are returned without pages: 1,000 rows of 200 bytes are 200 KB, 10,000 are 2 MB. Two concurrent grants may exceed
 * the limit by their number of rights.
 */
const MAX_OF_SUBJECT = 1_000;
const MAX_ON_OBJECT = 10_000;

interface Sides {
  readonly subject: RightParty<RightSubjectKind>;
  readonly object: RightParty;
}

/** How far a caller may change rights. */
type Powers = 'all' | 'remove' | 'on-own-account' | 'own-rights';

/** Rules of the rights that subjects hold on objects. Repeating a change has no effect and is no error. */
export class RightService {
  readonly #deps: RightServiceDeps;

  constructor(deps: RightServiceDeps) {
    this.#deps = deps;
  }

  /** What a subject may do on what, by object and name; null when there is no such subject. @throws FORBIDDEN */
  async of(authority: Authority, subject: RightSubjectRef): Promise<readonly Right[] | null> {
    authority.requireAccount(subject.kind === 'user' ? canonicalUserId(subject.id) : '');
    const tenantId = authority.tenant.id;
    const found = await this.#deps.parties.findSubject(tenantId, subject);
    if (found === null) return null;
    const rows = await this.#deps.store.ofSubjects(tenantId, found.kind, [found.id]);
    return this.#named(tenantId, rows.get(found.id) ?? []);
  }

  /** Who may do what on an object, by subject and name; null when there is no such object. @throws FORBIDDEN */
  async on(authority: Authority, object: RightObjectRef): Promise<readonly Right[] | null> {
    authority.requireAccount(object.kind === 'user' ? canonicalUserId(object.id) : '');
    const tenantId = authority.tenant.id;
    const found = await this.#deps.parties.find(tenantId, object);
    if (found === null) return null;
    const rows = await this.#deps.store.onObjects(tenantId, found.kind, [found.id]);
    return this.#named(tenantId, rows.get(found.id) ?? []);
  }

  /**
   * As `of`, for many users whose ids are known to exist. The caller of this method must check the permission to read them.
   */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly Right[]>> {
    const rows = await this.#deps.store.ofSubjects(tenantId, 'user', userIds);
    const named = await this.#named(tenantId, [...rows.values()].flat());
    return Map.groupBy(named, ({ subject }) => subject.id);
  }

  /**
   * As `on`, for many users whose ids are known to exist. The caller of this method must check the permission to read them.
   */
  async onUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly Right[]>> {
    const rows = await this.#deps.store.onObjects(tenantId, 'user', userIds);
    const named = await this.#named(tenantId, [...rows.values()].flat());
    return Map.groupBy(named, ({ object }) => object.id);
  }

  /** Whether a subject holds a right on an object, for the rules of other modules. */
  async holds(tenantId: string, subject: RightSubjectRef, object: RightObjectRef, name: string): Promise<boolean> {
    const { parties, store } = this.#deps;
    const [from, to] = await Promise.all([parties.findSubject(tenantId, subject), parties.find(tenantId, object)]);
    return from !== null && to !== null && store.has(tenantId, { subject: from, object: to }, name);
  }

  /**
   * Gives rights, all or none; one event for each that is new or gets new tags. A right keeps the tags it has. Without tags
   * it gets `set_from_api`.
   * @returns What the subjects now hold on the objects, of the named rights.
   * @throws RIGHT_SUBJECT_UNKNOWN, RIGHT_OBJECT_UNKNOWN, INVALID_INPUT; each names its field.
   * @throws RIGHT_LIMIT_REACHED The subject would hold more than 1,000 rights, or be one of more than 10,000 on the object.
   * @throws ACCOUNT_GUARDED The account acted on has permissions beyond the tenant.
   */
  async grant(authority: Authority, inputs: readonly RightsInput[]): Promise<readonly Right[]> {
    checkRightsInput(inputs);
    const items = await this.#resolved(authority, inputs);
    return this.#deps.db.transaction(async () => {
      const rows: StoredRight[] = [];
      for (const { sides, input } of items) {
        await this.#add(authority, sides, distinct(input.names), tagsOf(input));
        rows.push(...(await this.#deps.store.lock(authority.tenant.id, sides, input.names)));
      }
      return this.#named(authority.tenant.id, rows);
    });
  }

  /**
   * Revokes rights, all or none; one event for each that is changed. With tags given, removes only these tags, and the
   * right when it has none left.
   * @returns How many rights are gone or have fewer tags.
   * @throws As `grant`.
   */
  async revoke(authority: Authority, inputs: readonly RightsInput[]): Promise<number> {
    checkRightsInput(inputs);
    const items = await this.#resolved(authority, inputs);
    return this.#deps.db.transaction(async () => {
      let changed = 0;
      for (const { sides, input } of items) {
        changed += await this.#remove(authority, sides, distinct(input.names), input.tags ?? null);
      }
      return changed;
    });
  }

  /**
   * Grants and revokes rights of one pair. Users may change the rights on their own account and give up rights they hold
   * themselves; callers who may only revoke cannot grant.
   * @returns What the subject now holds on the object.
   * @throws FORBIDDEN, and as `grant`.
   */
  async change(authority: Authority, input: ChangeRights): Promise<readonly Right[]> {
    const powers = powersOf(authority, input);
    const add = distinct(input.add ?? []);
    if (powers === null || (powers === 'remove' && add.length > 0)) throw kernelErrors.FORBIDDEN();
    checkChange(input);
    const tenantId = authority.tenant.id;
    const sides = await this.#sides(authority, input, 'input');
    // A user who gives up a right gains no power over an account, so no guard applies.
    if (powers !== 'own-rights') await this.#assertMayChange(authority, sides);
    return this.#deps.db.transaction(async () => {
      if (powers === 'own-rights') await this.#assertHeld(tenantId, sides, add);
      else await this.#add(authority, sides, add, DEFAULT_TAGS);
      await this.#remove(authority, sides, distinct(input.remove ?? []), null);
      return this.#named(tenantId, await this.#deps.store.ofPair(tenantId, sides));
    });
  }

  /** Refuses rights that users would grant themselves without holding them. */
  async #assertHeld(tenantId: string, sides: Sides, names: readonly string[]): Promise<void> {
    const held = await this.#deps.store.lock(tenantId, sides, names);
    if (held.length < names.length) throw kernelErrors.FORBIDDEN({ detail: 'a right that the caller does not hold' });
  }

  async #add(authority: Authority, sides: Sides, names: readonly string[], tags: readonly string[]): Promise<void> {
    const { store, clock } = this.#deps;
    const tenantId = authority.tenant.id;
    const added = new Set(await this.#insert(tenantId, sides, names, tags));
    for (const name of names)
      if (added.has(name)) this.#record(authority, rightEvents['right.granted'], sides, name, tags);
    if (added.size > 0) await this.#assertBelowLimits(tenantId, sides);
    const known = names.filter((name) => !added.has(name));
    for (const right of await store.lock(tenantId, sides, known)) {
      const fresh = tags.filter((tag) => !right.tags.includes(tag));
      if (fresh.length === 0) continue;
      const all = [...right.tags, ...fresh].sort();
      if (all.length > MAX_TAGS) throw rightErrors.RIGHT_LIMIT_REACHED();
      await store.setTags(tenantId, sides, right.name, all, clock.now());
      this.#record(authority, rightEvents['right.granted'], sides, right.name, fresh);
    }
  }

  async #insert(
    tenantId: string,
    sides: Sides,
    names: readonly string[],
    tags: readonly string[],
  ): Promise<readonly string[]> {
    try {
      return await this.#deps.store.insertMissing(tenantId, sides, names, tags, this.#deps.clock.now());
    } catch (error) {
      // The subject or object was deleted after it was found.
      const constraint = violatedConstraint(error);
      if (constraint?.startsWith('rights__subject_')) throw rightErrors.RIGHT_SUBJECT_UNKNOWN();
      if (constraint?.startsWith('rights__object_')) throw rightErrors.RIGHT_OBJECT_UNKNOWN();
      throw error;
    }
  }

  async #assertBelowLimits(tenantId: string, pair: RightPair): Promise<void> {
    const { ofSubject, onObject } = await this.#deps.store.counts(tenantId, pair);
    if (ofSubject > MAX_OF_SUBJECT || onObject > MAX_ON_OBJECT) throw rightErrors.RIGHT_LIMIT_REACHED();
  }

  async #remove(
    authority: Authority,
    sides: Sides,
    names: readonly string[],
    tags: readonly string[] | null,
  ): Promise<number> {
    const { store, clock } = this.#deps;
    const tenantId = authority.tenant.id;
    let changed = 0;
    for (const right of await store.lock(tenantId, sides, names)) {
      const gone = tags === null ? right.tags : right.tags.filter((tag) => tags.includes(tag));
      if (gone.length === 0) continue;
      const left = right.tags.filter((tag) => !gone.includes(tag));
      if (left.length === 0) await store.delete(tenantId, sides, [right.name]);
      else await store.setTags(tenantId, sides, right.name, left, clock.now());
      this.#record(authority, rightEvents['right.revoked'], sides, right.name, gone, left);
      changed += 1;
    }
    return changed;
  }

  /**
   * Each item with its subject and object, in the same order for all callers: two that lock the same rights then wait for
   * each other and cannot deadlock.
   */
  async #resolved(authority: Authority, inputs: readonly RightsInput[]) {
    const items = await Promise.all(
      inputs.map(async (input, at) => ({ input, sides: await this.#sides(authority, input, `input.rights.${at}`) })),
    );
    for (const { sides } of items) await this.#assertMayChange(authority, sides);
    const orderOf = ({ sides }: { readonly sides: Sides }) => `${partyKey(sides.subject)} ${partyKey(sides.object)}`;
    return items.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  async #sides(
    authority: Authority,
    refs: { readonly subject: RightSubjectRef; readonly object: RightObjectRef },
    path: string,
  ): Promise<Sides> {
    const { parties } = this.#deps;
    const tenantId = authority.tenant.id;
    const subject = await parties.findSubject(tenantId, refs.subject);
    if (subject === null) throw atField('RIGHT_SUBJECT_UNKNOWN', `${path}.subject`);
    const object = await parties.find(tenantId, refs.object);
    if (object === null) throw atField('RIGHT_OBJECT_UNKNOWN', `${path}.object`);
    return { subject, object };
  }

  /** A right on a user may be the right to take the account over. @throws ACCOUNT_GUARDED, FORBIDDEN */
  async #assertMayChange(authority: Authority, { object }: Sides): Promise<void> {
    const { guard } = this.#deps;
    if (object.kind === 'user') return guard.assertMayChange(authority, 'user', object.id);
    return guard.assertMayRefer(authority, object.kind === 'application' ? 'client' : 'group', object.id);
  }

  async #named(tenantId: string, rows: readonly StoredRight[]): Promise<Right[]> {
    const sides = rows.flatMap((row) => [
      { kind: row.subjectKind, id: row.subjectId },
      { kind: row.objectKind, id: row.objectId },
    ]);
    const parties = await this.#deps.parties.named(tenantId, sides);
    return rows.flatMap((row) => {
      const subject = parties.get(partyKey({ kind: row.subjectKind, id: row.subjectId }));
      const object = parties.get(partyKey({ kind: row.objectKind, id: row.objectId }));
      // The subject or object, and with it the right, was deleted between the two statements.
      if (subject === undefined || object === undefined) return [];
      const { name, tags, createdAt } = row;
      return [{ tenantId, subject: subject as RightParty<RightSubjectKind>, object, name, tags, createdAt }];
    });
  }

  #record(
    { caller, tenant }: Authority,
    type: EventType<'right.granted' | 'right.revoked'>,
    { subject, object }: Sides,
    name: string,
    tags: readonly string[],
    left?: readonly string[],
  ): void {
    const account = [subject, object].find(({ kind }) => kind === 'user');
    this.#deps.events.record(caller, tenant, {
      type,
      subjectId: account?.id ?? null,
      params: {
        subjectKind: subject.kind,
        subject: subject.key,
        objectKind: object.kind,
        object: object.key,
        ...(object.profile === null ? {} : { objectProfile: object.profile }),
        right: name,
        tags,
        ...(left === undefined || left.length === 0 ? {} : { tagsLeft: left }),
      },
    });
  }
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

const tagsOf = ({ tags }: RightsInput): string[] => (tags == null || tags.length === 0 ? DEFAULT_TAGS : distinct(tags));

/** `right:write` alone does not allow this operation, because its holders use the operations to grant and to revoke. */
function powersOf(authority: Authority, { subject, object }: ChangeRights): Powers | null {
  if (authority.holds([{ permission: 'right:change', reach: 'tenant' }])) return 'all';
  const { userId } = authority.caller;
  const isCaller = (ref: RightObjectRef) =>
    ref.kind === 'user' && 'id' in ref && userId !== null && canonicalUserId(ref.id) === userId;
  const changesOwn = !authority.isForeign && authority.holds([{ permission: 'right:change', reach: 'self' }]);
  if (changesOwn && isCaller(object)) return 'on-own-account';
  if (authority.holds([{ permission: 'right:revoke', reach: 'tenant' }])) return 'remove';
  return changesOwn && isCaller(subject) ? 'own-rights' : null;
}

function atField(code: 'RIGHT_SUBJECT_UNKNOWN' | 'RIGHT_OBJECT_UNKNOWN', path: string): IdentityError {
  const { message } = rightErrors.rows[code];
  return rightErrors[code]({ fields: [{ path, code, message }] });
}
