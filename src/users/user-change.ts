import type { EventType } from '../events/index.ts';
import { isSameSecond } from '../kernel/index.ts';
import { aliasedColumn, changedNames, mergeAttributes, ruledColumn } from './attributes.ts';
import type { User } from './user.entity.ts';
import { userEvents } from './user.events.ts';
import { isSamePhone, TEXT_COLUMNS, type UserInput, VERIFY_EMAIL } from './user-input.ts';
import { fold, isSameEmail } from './user-names.ts';

interface ChangeEvent {
  readonly type: EventType;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The event that records a change of a column; `user.updated` names the columns without an event. */
const EVENTS = [
  ['username', userEvents['user.username_changed']],
  ['email', userEvents['user.email_changed']],
] as const;

/** Columns whose value can be spelled in several ways, each with the test whether two spellings mean the same. */
const SPELLED: { readonly [K in keyof UserInput]?: (one: string, other: string) => boolean } = {
  username: (one, other) => fold(one) === fold(other),
  email: isSameEmail,
  phone: isSamePhone,
};

/** Applies a request's changes to one account and collects them for its events. */
export class UserChange {
  readonly #user: User;
  readonly #before: User;
  /** Names of the inputs whose value differs from the stored one, if only in spelling. */
  readonly given: (keyof UserInput)[] = [];

  constructor(user: User) {
    this.#user = user;
    this.#before = { ...user };
  }

  get userId(): string {
    return this.#user.id;
  }

  get isAny(): boolean {
    return this.given.length > 0;
  }

  /** Whether the request changes the attribute of this name, or the column that the name means. */
  isOf(name: string): boolean {
    const column = aliasedColumn(name);
    return column === null ? this.#changedAttributes().includes(name) : this.isNew(column);
  }

  /** Whether the request changes the attribute of this name, or the column for which its rules hold, if only in spelling. */
  isRuledBy(name: string): boolean {
    const column = ruledColumn(name);
    return this.isOf(name) || (column !== null && this.given.includes(column));
  }

  /** Whether a column gets another value and not only another spelling, such as the same address in other letter case. */
  isNew(column: keyof UserInput & keyof User): boolean {
    return this.given.includes(column) && !this.#isRespelled(column);
  }

  /** Whether tokens that were refused until now are accepted again, because `notBefore` is earlier than it was, or none. */
  get isNotBeforeTakenBack(): boolean {
    const [before, after] = [this.#before.notBefore, this.#user.notBefore];
    return this.given.includes('notBefore') && before != null && (after == null || after < before);
  }

  #isRespelled(column: keyof UserInput & keyof User): boolean {
    const [before, after] = [this.#before[column], this.#user[column]];
    return typeof before === 'string' && typeof after === 'string' && SPELLED[column]?.(before, after) === true;
  }

  /**
   * @param emailIsUsername Whether the username follows the e-mail address.
   * @param replacesAttributes Whether attributes that the input does not name are removed.
   */
  apply(input: UserInput, emailIsUsername: boolean, replacesAttributes = false): void {
    const follows = emailIsUsername && input.email != null ? input.email : undefined;
    this.#set('username', follows ?? input.username ?? undefined);
    this.#applyEmail(input);
    for (const column of TEXT_COLUMNS) this.#set(column, input[column]);
    this.#applyPhoneVerified(input);
    this.#applyNotBefore(input);
    this.#applyActions(input);
    this.#applyAttributes(input, replacesAttributes);
    this.#applyProfile(input);
  }

  #set<K extends keyof UserInput & keyof User>(column: K, value: User[K] | undefined): boolean {
    if (value === undefined || value === (this.#user[column] ?? null)) return false;
    this.#user[column] = value;
    this.given.push(column);
    return true;
  }

  /** A new address is unverified unless the same request says otherwise. */
  #applyEmail({ email, emailVerified }: UserInput): void {
    this.#set('email', email);
    const isNew = this.isNew('email');
    if (isNew) this.#user.emailVerified = false;
    if (emailVerified === undefined) return;
    const before = this.#user.emailVerified;
    // An address that does not exist cannot be verified.
    this.#user.emailVerified = emailVerified && this.#user.email != null;
    if (this.#user.emailVerified !== before || (isNew && this.#user.emailVerified)) this.given.push('emailVerified');
  }

  #applyPhoneVerified({ phoneVerified }: UserInput): void {
    if (this.isNew('phone')) this.#user.phoneVerified = false;
    this.#set('phoneVerified', phoneVerified === undefined ? undefined : phoneVerified && this.#user.phone != null);
  }

  /** Older APIs show whole seconds, and send back what they showed. */
  #applyNotBefore({ notBefore }: UserInput): void {
    if (notBefore === undefined || isSameSecond(notBefore, this.#user.notBefore)) return;
    this.#user.notBefore = notBefore;
    this.given.push('notBefore');
  }

  #applyActions({ requiredActions, emailVerified }: UserInput): void {
    const before = this.#user.requiredActions ?? [];
    const wanted = requiredActions === undefined ? before : requiredActions;
    const isVerified = emailVerified === true && this.#user.emailVerified;
    const after = isVerified ? wanted.filter((action) => action !== VERIFY_EMAIL) : wanted;
    const isSame = after.length === before.length && after.every((action) => before.includes(action));
    if (isSame) return;
    this.#user.requiredActions = [...after];
    this.given.push('requiredActions');
  }

  #applyAttributes({ attributes }: UserInput, replaces: boolean): void {
    if (attributes === undefined) return;
    const before = this.#user.attributes ?? {};
    const after = mergeAttributes(replaces ? {} : before, attributes);
    if (changedNames(before, after).length === 0) return;
    this.#user.attributes = after;
    this.given.push('attributes');
  }

  #applyProfile({ profile }: UserInput): void {
    if (profile === undefined) return;
    const before = this.#user.profile ?? {};
    const after = mergeAttributes(before, profile);
    if (changedNames(before, after).length === 0) return;
    this.#user.profile = after;
    this.given.push('profile');
  }

  /** One event per changed thing. */
  *events(): IterableIterator<ChangeEvent> {
    const [before, after] = [this.#before, this.#user];
    for (const [column, type] of EVENTS) {
      if (this.isNew(column)) yield { type, params: { from: before[column] ?? null, to: after[column] ?? null } };
    }
    if (this.given.includes('emailVerified') && after.emailVerified) {
      yield { type: userEvents['user.email_verified'], params: { email: after.email } };
    }
    if (this.given.includes('requiredActions')) {
      yield {
        type: userEvents['auth_mode.required_actions_changed'],
        params: { requiredActions: after.requiredActions },
      };
    }
    if (this.given.includes('notBefore')) {
      yield {
        type: userEvents['user.not_before_changed'],
        params: { notBefore: after.notBefore?.toISOString() ?? null },
      };
    }
    const changed = this.#otherNames();
    if (changed.length > 0) yield { type: userEvents['user.updated'], params: { changed } };
  }

  #otherNames(): string[] {
    const columns = this.given.filter(
      (name) =>
        (TEXT_COLUMNS as readonly string[]).includes(name) ||
        ((name === 'username' || name === 'email') && this.#isRespelled(name)) ||
        name === 'phoneVerified' ||
        (name === 'emailVerified' && !this.#user.emailVerified),
    );
    const ofProfile = changedNames(this.#before.profile ?? {}, this.#user.profile ?? {});
    return [
      ...columns,
      ...this.#changedAttributes().map((name) => `attributes.${name}`),
      ...ofProfile.map((name) => `profile.${name}`),
    ];
  }

  #changedAttributes(): string[] {
    return changedNames(this.#before.attributes ?? {}, this.#user.attributes ?? {});
  }
}
