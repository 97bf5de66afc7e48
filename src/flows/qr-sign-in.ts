import { randomUUID } from 'node:crypto';
import type { Authority } from '../access/index.ts';
import type { ClientDirectory } from '../clients/index.ts';
import { mintHandle, sha256Base64Url } from '../crypto/index.ts';
import type { EventLog } from '../events/index.ts';
import { addSeconds, type Clock, kernelErrors, type Origin, type TenantRef } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import {
  type OneTimeCodeRow,
  type OneTimeCodeStore,
  parseUserAgent,
  storableHeader,
  type UserAgent,
} from '../sessions/index.ts';
import { qrSignInErrors } from './qr-sign-in.errors.ts';
import { qrSignInEvents } from './qr-sign-in.events.ts';

/** Input of a browser that wants to sign in. */
export interface BeginQrSignIn {
  /** The application that the browser signs in to. */
  readonly clientId: string;
  readonly origin: Pick<Origin, 'ip' | 'userAgent'>;
}

/** What the browser gets: the code to show, and the ticket that it keeps secret. */
export interface BegunQrSignIn {
  /** A UUID, for the QR image. A person who sees it can only ask to confirm the sign-in. */
  readonly code: string;
  /** The browser asks for the result with it. */
  readonly ticket: string;
  readonly expiresAt: Date;
}

/** What to show to the user before the decision. The browser's own statements about itself are not verified. */
export interface QrSignIn {
  readonly tenantId: string;
  readonly code: string;
  readonly clientId: string;
  /** Null when the application has no name. */
  readonly clientName: string | null;
  readonly ip: string | null;
  readonly userAgent: UserAgent;
  readonly expiresAt: Date;
  /** Whole seconds until the code expires. */
  readonly expiresInSeconds: number;
}

/** Result of the sign-in: `pending` until a user decides; `expired` also for unknown codes. */
export type QrSignInResult =
  | { readonly outcome: 'pending' | 'refused' | 'expired' }
  | { readonly outcome: 'confirmed'; readonly userId: string };

export interface QrSignInFlowDeps {
  readonly db: Database;
  readonly codes: OneTimeCodeStore;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

const CODE = 'qr-sign-in';
/** Kind of the code that stores the result for the browser, by the hash of its ticket. */
const WAITING = 'qr-sign-in-waiting';
const RESULT = 'qr-sign-in-result';
/** Long enough to unlock a phone and scan the code, and short so that a photo of the code is soon useless. */
const CODE_SECONDS = 120;
/** How long the result is kept after a decision; the browser asks every few seconds. */
const RESULT_SECONDS = 60;
const CANONICAL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Pending {
  readonly clientId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Key of the stored result. It is a hash, so that the content of the table is not enough to ask for the result. */
  readonly resultKey: string;
}

/** Signs in a browser by a code that it shows and that the user confirms with an application on another device. */
export class QrSignInFlow {
  readonly #deps: QrSignInFlowDeps;

  constructor(deps: QrSignInFlowDeps) {
    this.#deps = deps;
  }

  /** Begins a sign-in for a browser. The caller of this method must have checked that the client may sign users in. */
  async begin(tenant: TenantRef, { clientId, origin }: BeginQrSignIn): Promise<BegunQrSignIn> {
    const { db, codes, clock } = this.#deps;
    const code = randomUUID();
    const ticket = mintHandle(tenant.route);
    const resultKey = sha256Base64Url(ticket);
    const expiresAt = addSeconds(clock.now(), CODE_SECONDS);
    const payload: Pending = { clientId, ip: origin.ip, userAgent: storableHeader(origin.userAgent), resultKey };
    await db.transaction(async () => {
      await codes.put(tenant, { kind: CODE, code, payload: { ...payload }, expiresAt });
      await codes.put(tenant, { kind: WAITING, code: `${WAITING} ${resultKey}`, expiresAt });
    });
    return { code, ticket, expiresAt };
  }

  /**
   * The sign-in to decide about.
   * @throws QR_CODE_NOT_FOUND, QR_CODE_USED, FORBIDDEN for callers who are no users of the tenant.
   */
  async find(authority: Authority, code: string): Promise<QrSignIn> {
    decider(authority);
    const { clients, clock } = this.#deps;
    const { tenant } = authority;
    const row = await this.#open(tenant, code);
    const { clientId, ip, userAgent } = pendingOf(row);
    const client = await clients.byClientId(tenant.id, clientId);
    return {
      tenantId: tenant.id,
      code: code.toLowerCase(),
      clientId,
      clientName: client?.client.name ?? null,
      ip,
      userAgent: parseUserAgent(userAgent),
      expiresAt: row.expiresAt,
      expiresInSeconds: Math.ceil((row.expiresAt.getTime() - clock.now().getTime()) / 1000),
    };
  }

  /** Signs the browser in as the caller. Of two concurrent decisions, one counts. @throws As `find`. */
  confirm(authority: Authority, code: string): Promise<void> {
    return this.#decide(authority, code, 'confirmed');
  }

  /** Refuses the sign-in. @throws As `confirm`. */
  refuse(authority: Authority, code: string): Promise<void> {
    return this.#decide(authority, code, 'refused');
  }

  /** The result, for the browser that began the sign-in. It can be read repeatedly until `take`. */
  async result(tenant: TenantRef, ticket: string): Promise<QrSignInResult> {
    const { codes } = this.#deps;
    const resultKey = sha256Base64Url(ticket);
    const result = await codes.find(tenant.id, RESULT, resultKey);
    if (result !== null) return resultOf(result);
    const waiting = await codes.find(tenant.id, WAITING, `${WAITING} ${resultKey}`);
    return { outcome: waiting === null ? 'expired' : 'pending' };
  }

  /** As `result`, and uses the result up: a confirmed sign-in starts one session. */
  async take(tenant: TenantRef, ticket: string): Promise<QrSignInResult> {
    const result = await this.#deps.codes.take(tenant.id, RESULT, sha256Base64Url(ticket));
    return result === null ? this.result(tenant, ticket) : resultOf(result);
  }

  async #open(tenant: TenantRef, code: string): Promise<OneTimeCodeRow> {
    const canonical = code.toLowerCase();
    const row = CANONICAL.test(canonical) ? await this.#deps.codes.find(tenant.id, CODE, canonical) : null;
    if (row === null) throw qrSignInErrors.QR_CODE_NOT_FOUND();
    if (row.attempts > 0) throw qrSignInErrors.QR_CODE_USED();
    return row;
  }

  async #decide(authority: Authority, code: string, outcome: 'confirmed' | 'refused'): Promise<void> {
    const userId = decider(authority);
    const { db, codes, events, clock } = this.#deps;
    const { caller, tenant } = authority;
    await db.transaction(async () => {
      const { clientId, ip, resultKey } = pendingOf(await this.#open(tenant, code));
      // The row stays until it expires, so that a second decision gets the right error. The counter makes the first
      // decision win.
      if ((await codes.countAttempt(tenant.id, CODE, code.toLowerCase())) !== 1) throw qrSignInErrors.QR_CODE_USED();
      await codes.take(tenant.id, WAITING, `${WAITING} ${resultKey}`);
      await codes.put(tenant, {
        kind: RESULT,
        code: resultKey,
        userId,
        payload: { outcome },
        expiresAt: addSeconds(clock.now(), RESULT_SECONDS),
      });
      events.record(caller, tenant, {
        type: outcome === 'confirmed' ? qrSignInEvents['qr_sign_in.confirmed'] : qrSignInEvents['qr_sign_in.refused'],
        subjectId: userId,
        params: { appId: clientId, ip },
      });
    });
  }
}

/** The user who decides. A sign-in is always to the caller's own account, whatever its permissions. @throws FORBIDDEN */
function decider({ caller, tenant }: Authority): string {
  if (caller.userId === null || caller.tenant?.id !== tenant.id)
    throw kernelErrors.FORBIDDEN({ message: 'Only a user of the tenant decides on a sign-in.' });
  return caller.userId;
}

const pendingOf = ({ payload }: OneTimeCodeRow): Pending => payload as unknown as Pending;

function resultOf({ payload, userId }: OneTimeCodeRow): QrSignInResult {
  const { outcome } = payload as { outcome: 'confirmed' | 'refused' };
  return outcome === 'confirmed' ? { outcome, userId: userId! } : { outcome };
}
