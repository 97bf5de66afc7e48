import type { Authority } from '../access/index.ts';
import { newRoute, type Sealer } from '../crypto/index.ts';
import type { EventLog } from '../events/index.ts';
import {
  type Clock,
  hostNameOf,
  type IdentityError,
  invalidField,
  isSameJson,
  isSameSecond,
  kernelErrors,
  newId,
  requireText,
  writtenHostName,
} from '../kernel/index.ts';
import {
  type ColumnSet,
  type Database,
  type PageRequest,
  type PageResult,
  violatedConstraint,
} from '../persistence/index.ts';
import { changedExtra, type ExtraSettingsChange } from './extra-settings.ts';
import { type MailServerChange, toStoredMailServer } from './mail-server.ts';
import { changedActions, type RequiredAction, type RequiredActionChanges } from './required-actions.ts';
import { RESERVED_TENANT_NAMES, TENANT_NAME } from './reserved-names.ts';
import { effectiveSettings, type TenantSettings, type TenantSettingsPatch, type TenantTemplate } from './settings.ts';
import { assertFixed, checkedPatch } from './settings-check.ts';
import type { Tenant } from './tenant.entity.ts';
import { tenantErrors } from './tenant.errors.ts';
import { tenantEvents } from './tenant.events.ts';
import type { TenantFilter, TenantKeys, TenantStore } from './tenant.store.ts';

/** The tenant that always exists. Only its users and clients can have permissions in other tenants. */
export const MASTER_TENANT = 'master';

export interface CreateTenant {
  readonly name: string;
  readonly displayName?: string | null;
  /** Default `native`. */
  readonly template?: TenantTemplate;
  readonly enabled?: boolean;
  readonly settings?: TenantSettingsChange;
  /** Settings that the service keeps and does not use. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A new tenant that was checked and is not inserted yet. */
export interface PreparedTenant {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  /** The settings that will be in force. */
  readonly settings: TenantSettings;
  /** Values of the other columns. */
  readonly columns: Pick<Tenant, 'template' | 'enabled' | 'settings' | 'extra'>;
}

/** Settings to change. A server for mails is replaced as a whole, but for a password that is not named. */
export type TenantSettingsChange = Omit<TenantSettingsPatch, 'mailServer'> & {
  readonly mailServer?: MailServerChange | null;
  /** Changes to single actions, after `requiredActions` where that is given. */
  readonly requiredActionChanges?: RequiredActionChanges;
};

export interface UpdateTenant {
  readonly displayName?: string | null;
  readonly enabled?: boolean;
  /** Tokens issued before this moment are refused. One in the second of the stored moment changes nothing. */
  readonly notBefore?: Date | null;
}

/** Changes to a tenant and to all of its settings. */
export interface ConfigureTenant extends UpdateTenant {
  readonly settings?: TenantSettingsChange;
  readonly extra?: ExtraSettingsChange;
}

/**
 * Adds rows of other modules to a new tenant (builtin clients and roles, signing keys), in the transaction that creates it.
 */
export type TenantSeed = (authority: Authority, tenant: Tenant) => Promise<void>;

/** Applies a change of settings to the rows of other modules, in the transaction of the change, or throws to refuse it. */
export type SettingsListener = (authority: Authority, before: TenantSettings, after: TenantSettings) => Promise<void>;

export interface TenantServiceDeps {
  readonly db: Database;
  readonly store: TenantStore;
  readonly events: EventLog;
  readonly clock: Clock;
  /** Origin of this service, whose host belongs to no tenant. */
  readonly publicUrl: string;
  /** Seals the passwords of servers for mails. */
  readonly sealer: Sealer;
}

/** A list of events from which those of the past can be hidden. */
export type EventList = keyof TenantSettings['hiddenEvents'];

/** Most hosts of a tenant: a product with an address per country has a few dozen. */
const MAX_HOSTS = 100;

/** Rules of tenants and their settings. */
export class TenantService {
  readonly #deps: TenantServiceDeps;
  readonly #seeds: TenantSeed[] = [];
  readonly #listeners: SettingsListener[] = [];

  constructor(deps: TenantServiceDeps) {
    this.#deps = deps;
  }

  /** Registers a seed of new tenants; called while the service is put together. */
  addSeed(seed: TenantSeed): void {
    this.#seeds.push(seed);
  }

  /** Registers a listener for changes of settings; called while the service is put together. */
  onSettings(listener: SettingsListener): void {
    this.#listeners.push(listener);
  }

  /** Whether any tenant has the name, ignoring case. */
  isNameTaken(name: string): Promise<boolean> {
    return this.#deps.store.isNameTaken(name);
  }

  find(id: string): Promise<Tenant | null> {
    return this.#deps.store.findById(id);
  }

  /** How many days each of the tenants keeps its events. */
  eventRetentionDays(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#deps.store.eventRetentionDays(ids);
  }

  /** Tenants the caller may see: all with reach `all`, else its own. */
  page(authority: Authority, filter: Omit<TenantFilter, 'only'>, request: PageRequest): Promise<PageResult<Tenant>>;
  /** @param columns What is read of each beside its key; null: all. */
  page(
    authority: Authority,
    filter: Omit<TenantFilter, 'only'>,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<TenantKeys>>;
  page(
    authority: Authority,
    filter: Omit<TenantFilter, 'only'>,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<TenantKeys>> {
    const scope = authority.reach === 'all' ? filter : { ...filter, only: authority.tenant.id };
    return this.#deps.store.page(scope, request, columns);
  }

  /**
   * @throws TENANT_NAME_INVALID, TENANT_NAME_RESERVED, TENANT_NAME_TAKEN
   * @throws TENANT_SETTING_INVALID A setting is unknown or out of range; INVALID_INPUT
   */
  async create(authority: Authority, input: CreateTenant): Promise<Tenant> {
    return this.insert(authority, this.prepare(input));
  }

  /** The first half of `create`: checks the input, outside any transaction. @throws As `create`, except for a taken name. */
  prepare(input: CreateTenant): PreparedTenant {
    assertName(input.name);
    const template = input.template ?? 'native';
    const id = newId();
    const settings = checkedPatch(template, {}, this.#toPatch(id, input.settings ?? {}, {}));
    const { next: extra } = changedExtra({}, { set: input.extra ?? {} });
    return {
      id,
      name: input.name,
      displayName: displayNameOf(input.displayName ?? null),
      settings: effectiveSettings(template, settings),
      columns: {
        template,
        enabled: input.enabled ?? true,
        settings: settings as Record<string, unknown>,
        extra,
      },
    };
  }

  /**
   * The second half of `create`: inserts the tenant with its seeds.
   * @param administratorId Public id of the user whom the tenant is made with, who is added in the same unit of work.
   * @throws TENANT_NAME_TAKEN
   */
  async insert(
    authority: Authority,
    { id, name, displayName, columns }: PreparedTenant,
    administratorId: string | null = null,
  ): Promise<Tenant> {
    return this.#deps.db.transaction(async () => {
      if (await this.#deps.store.isNameTaken(name)) throw nameTaken();
      const now = this.#deps.clock.now();
      const tenant = this.#deps.store.create({
        ...columns,
        id,
        name,
        route: newRoute(),
        displayName,
        administratorId,
        log: 0,
        notBefore: null,
        deletedAt: null,
        createdAt: now,
        updatedAt: now,
      });
      await this.#flushMapped();
      this.#deps.events.record(
        authority.caller,
        { id: tenant.id as never },
        { type: tenantEvents['tenant.created'], params: { name: tenant.name } },
      );
      for (const seed of this.#seeds) await seed(authority, tenant);
      return tenant;
    });
  }

  /** @throws NOT_FOUND, TENANT_PROTECTED Disabling `master`; INVALID_INPUT */
  async update(authority: Authority, input: UpdateTenant): Promise<Tenant> {
    const { notBefore } = input;
    if (notBefore != null && notBefore > this.#deps.clock.now())
      throw invalidField('input.notBefore', 'MOMENT_FUTURE', 'The moment must not be in the future.');
    return this.#deps.db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      if (input.enabled === false && tenant.name === MASTER_TENANT) throw tenantErrors.TENANT_PROTECTED();
      const changed: string[] = [];
      if (input.displayName !== undefined && input.displayName !== (tenant.displayName ?? null)) {
        tenant.displayName = displayNameOf(input.displayName);
        changed.push('displayName');
      }
      if (input.enabled !== undefined && input.enabled !== tenant.enabled) {
        tenant.enabled = input.enabled;
        changed.push('enabled');
      }
      if (notBefore !== undefined && !isSameSecond(notBefore, tenant.notBefore)) {
        tenant.notBefore = notBefore;
        changed.push('notBefore');
      }
      if (changed.length === 0) return tenant;
      tenant.updatedAt = this.#deps.clock.now();
      this.#deps.events.record(authority.caller, authority.tenant, {
        type: tenantEvents['tenant.updated'],
        params: { changed },
      });
      return tenant;
    });
  }

  /** The settings in force in a tenant that was read. */
  settingsOf({ template, settings }: Pick<Tenant, 'template' | 'settings'>): TenantSettings {
    return effectiveSettings(template, settings as TenantSettingsPatch);
  }

  /**
   * Changes a tenant and its settings of all kinds, all or nothing: the events of each kind that changed.
   * @throws NOT_FOUND, TENANT_PROTECTED, TENANT_SETTING_INVALID, TENANT_SETTING_NOT_FOUND, INVALID_INPUT
   */
  async configure(authority: Authority, { settings, extra, ...input }: ConfigureTenant): Promise<Tenant> {
    return this.#deps.db.transaction(async () => {
      if (settings !== undefined) await this.updateSettings(authority, settings);
      if (extra !== undefined) await this.updateExtra(authority, extra);
      return this.update(authority, input);
    });
  }

  /**
   * Changes the named settings; one event with the names, none when nothing changed.
   * @throws TENANT_SETTING_INVALID, INVALID_INPUT
   */
  async updateSettings(authority: Authority, change: TenantSettingsChange): Promise<TenantSettings> {
    return this.#deps.db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      // After this, all transactions that used the old settings have committed, so listeners see their rows.
      await this.#deps.store.lockSettings(tenant.id);
      const before = tenant.settings as TenantSettingsPatch;
      const patch = this.#toPatch(tenant.id, change, before);
      const stored = checkedPatch(tenant.template, before, patch);
      const old = effectiveSettings(tenant.template, before);
      const after = effectiveSettings(tenant.template, stored);
      assertFixed(old, after);
      const changed = Object.keys(patch).filter(
        (name) => !isSameJson(old[name as keyof TenantSettings], after[name as keyof TenantSettings]),
      );
      if (changed.length > 0) {
        tenant.settings = stored as Record<string, unknown>;
        tenant.updatedAt = this.#deps.clock.now();
        await this.#deps.db.em.flush();
        for (const listener of this.#listeners) await listener(authority, old, after);
        this.#deps.events.record(authority.caller, authority.tenant, {
          type: tenantEvents['setting.changed'],
          params: { changed },
        });
      }
      return after;
    });
  }

  /**
   * Changes settings by what they are at this moment, so that two changes at once are both kept.
   * @param edit Makes the change, or throws.
   * @throws NOT_FOUND, TENANT_SETTING_INVALID, INVALID_INPUT
   */
  async editSettings(
    authority: Authority,
    edit: (settings: TenantSettings) => TenantSettingsChange,
  ): Promise<TenantSettings> {
    return this.#deps.db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      return this.updateSettings(authority, edit(this.settingsOf(tenant)));
    });
  }

  /**
   * Changes the list of actions that can be required of users, as it is at this moment.
   * @param initial The list to begin with where nobody changed it.
   * @param edit Makes the next list, or throws.
   * @throws NOT_FOUND, TENANT_SETTING_INVALID
   */
  async editActions(
    authority: Authority,
    initial: readonly RequiredAction[],
    edit: (actions: readonly RequiredAction[]) => RequiredAction[],
  ): Promise<readonly RequiredAction[]> {
    const edited = await this.editSettings(authority, ({ requiredActions }) => ({
      requiredActions: edit(requiredActions ?? initial),
    }));
    return edited.requiredActions!;
  }

  /** The moment before which a list of events shows none; null: it shows all. The caller must hold the permission to read events. */
  async hiddenBefore({ tenant: { id } }: Authority, list: EventList): Promise<Date | null> {
    const tenant = await this.#deps.store.findById(id);
    const moment = tenant === null ? null : this.settingsOf(tenant).hiddenEvents[list];
    return moment === null ? null : new Date(moment);
  }

  /** Hides what was recorded so far from a list of events; the log keeps it. @returns The moment of hiding. @throws NOT_FOUND */
  async hideEvents(authority: Authority, list: EventList): Promise<Date> {
    return this.#deps.db.transaction(async () => {
      const { hiddenEvents } = this.settingsOf(await this.#lock(authority.tenant.id));
      const now = this.#deps.clock.now();
      await this.updateSettings(authority, { hiddenEvents: { ...hiddenEvents, [list]: now.toISOString() } });
      return now;
    });
  }

  /**
   * Changes the settings that older APIs keep with a tenant and nothing here uses; one event with their names, none when nothing
   * changed.
   * @throws NOT_FOUND, TENANT_SETTING_NOT_FOUND, INVALID_INPUT
   */
  async updateExtra(authority: Authority, change: ExtraSettingsChange): Promise<Tenant> {
    const { clock, db, events } = this.#deps;
    return db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      const { next, changed } = changedExtra(tenant.extra, change);
      if (changed.length === 0) return tenant;
      Object.assign(tenant, { extra: next, updatedAt: clock.now() });
      const params = { changed: ['extra'], extra: changed };
      events.record(authority.caller, authority.tenant, { type: tenantEvents['setting.changed'], params });
      return tenant;
    });
  }

  /** The hosts of many tenants. The caller of this method must check the permission to read them. */
  hostsOf(tenantIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#deps.store.hostsOf(tenantIds);
  }

  /**
   * Gives the tenant a host: REST and OAuth paths there act on it alone, and show its issuers with this host. One event; none when the tenant
   * has the host already. People type their passwords at it, so only operators may give one.
   * @throws NOT_FOUND, TENANT_HOST_INVALID, TENANT_HOST_TAKEN, TENANT_HOST_LIMIT
   */
  async bindHost(authority: Authority, written: string): Promise<Tenant> {
    const { clock, db, events, publicUrl, store } = this.#deps;
    const host = writtenHostName(written);
    if (host === null) throw hostFault('TENANT_HOST_INVALID');
    if (host === hostNameOf(new URL(publicUrl).host)) throw hostFault('TENANT_HOST_TAKEN');
    return db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      const hosts = (await store.hostsOf([tenant.id])).get(tenant.id) ?? [];
      if (hosts.includes(host)) return tenant;
      if (hosts.length >= MAX_HOSTS) throw hostFault('TENANT_HOST_LIMIT');
      if (!(await store.addHost(tenant.id, host, clock.now()))) throw hostFault('TENANT_HOST_TAKEN');
      events.record(authority.caller, authority.tenant, { type: tenantEvents['tenant.host_bound'], params: { host } });
      return tenant;
    });
  }

  /**
   * Takes a host from the tenant: tokens of its issuers with this host are refused for as long as the tenant does not have it.
   * @throws NOT_FOUND The host is not bound to this tenant.
   */
  async unbindHost(authority: Authority, written: string): Promise<Tenant> {
    const { db, events, store } = this.#deps;
    const host = writtenHostName(written);
    return db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      if (host === null || (await store.deleteHosts(tenant.id, host)) === 0) throw kernelErrors.NOT_FOUND();
      events.record(authority.caller, authority.tenant, {
        type: tenantEvents['tenant.host_unbound'],
        params: { host },
      });
      return tenant;
    });
  }

  /** Marks the tenant as deleted: its name and hosts are free at once, and a sweep deletes its rows later. @throws TENANT_PROTECTED */
  async delete(authority: Authority): Promise<Tenant> {
    return this.#deps.db.transaction(async () => {
      const tenant = await this.#lock(authority.tenant.id);
      if (tenant.name === MASTER_TENANT) throw tenantErrors.TENANT_PROTECTED();
      await this.#deps.store.deleteHosts(tenant.id);
      tenant.deletedAt = this.#deps.clock.now();
      tenant.enabled = false;
      this.#deps.events.record(authority.caller, authority.tenant, {
        type: tenantEvents['tenant.deleted'],
        params: { name: tenant.name },
      });
      return tenant;
    });
  }

  /** What a change stores: all actions where single ones change, and the password of a server for mails sealed. */
  #toPatch(tenantId: string, change: TenantSettingsChange, stored: TenantSettingsPatch): TenantSettingsPatch {
    const { mailServer, requiredActionChanges, ...patch } = change;
    const { requiredActions = null } = { ...stored, ...patch };
    return {
      ...patch,
      ...(requiredActionChanges === undefined
        ? {}
        : { requiredActions: changedActions(requiredActions, requiredActionChanges) }),
      ...(mailServer === undefined ? {} : { mailServer: this.#toMailServer(tenantId, mailServer, stored) }),
    };
  }

  #toMailServer(tenantId: string, change: MailServerChange | null, { mailServer = null }: TenantSettingsPatch) {
    return change === null ? null : toStoredMailServer(this.#deps.sealer, tenantId, change, mailServer);
  }

  async #lock(id: string): Promise<Tenant> {
    const tenant = await this.#deps.store.lock(id);
    if (tenant === null) throw kernelErrors.NOT_FOUND();
    return tenant;
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      if (violatedConstraint(error) === 'tenants__name') throw nameTaken();
      throw error;
    }
  }
}

const nameTaken = (): IdentityError =>
  tenantErrors.TENANT_NAME_TAKEN({
    fields: [{ path: 'input.name', code: 'TENANT_NAME_TAKEN', message: 'A tenant with this name exists.' }],
  });

function hostFault(code: 'TENANT_HOST_INVALID' | 'TENANT_HOST_TAKEN' | 'TENANT_HOST_LIMIT'): IdentityError {
  const { message } = tenantErrors.rows[code];
  return tenantErrors[code]({ fields: [{ path: 'input.host', code, message }] });
}

/** The display name as stored. */
function displayNameOf(name: string | null): string | null {
  return name === null ? null : requireText(name, 'input.displayName', { min: 0, max: 255 });
}

function assertName(name: string): void {
  if (!TENANT_NAME.test(name))
    throw tenantErrors.TENANT_NAME_INVALID({ fields: [fault('TENANT_NAME_INVALID', 'Not a tenant name.')] });
  if (RESERVED_TENANT_NAMES.has(name.toLowerCase())) {
    throw tenantErrors.TENANT_NAME_RESERVED({ fields: [fault('TENANT_NAME_RESERVED', 'This name is reserved.')] });
  }
}

const fault = (code: string, message: string) => ({ path: 'input.name', code, message });
