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

/** A browser that wants to sign in. */
export interface BeginQrSignIn {
  /** The application that the browser signs in to. */
  readonly clientId: string;
  readonly origin: Pick<Origin, 'ip' | 'userAgent'>;
}

/** What the browser gets: the code to show, and the ticket that it alone keeps. */
export interface BegunQrSignIn {
  /** A UUID, for the picture. Whoever sees it can ask to confirm it, and nothing else. */
  readonly code: string;
  /** With it the browser asks how it ended. */
  readonly ticket: string;
  readonly expiresAt: Date;
}

/** What the user is shown before deciding. The browser says who it is itself. */
export interface QrSignIn {
  readonly tenantId: string;
  readonly code: string;
  readonly clientId: string;
  /** Null when the application has no name. */
  readonly clientName: string | null;
  readonly ip: string | null;
  readonly userAgent: UserAgent;
  readonly expiresAt: Date;
  /** Whole seconds until then. */
  readonly expiresInSeconds: number;
}

/** How it ended; `pending` until somebody decides, `expired` for what is unknown as well. */
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
/** The same sign-in as the browser knows it, by the hash of its ticket. */
const WAITING = 'qr-sign-in-waiting';
const RESULT = 'qr-sign-in-result';
/** Long enough to unlock a phone and scan; a picture that was photographed is soon worth nothing. */
const CODE_SECONDS = 120;
/** The browser asks every few seconds; after a decision it has this long to come back. */
const RESULT_SECONDS = 60;
const CANONICAL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Pending {
  readonly clientId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Under this the result is kept. It is a hash, so that whoever reads the table cannot ask for the result. */
  readonly resultKey: string;
}

/** Signing a browser in by a code that it shows and that the user confirms with an application on another device. */
export class QrSignInFlow {
  readonly #deps: QrSignInFlowDeps;

  constructor(deps: QrSignInFlowDeps) {
    this.#deps = deps;
  }

  /** Begins one for a browser. Whoever calls has decided that the client may sign users in. */
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

  /** What is to be decided. @throws QR_CODE_NOT_FOUND, QR_CODE_USED, FORBIDDEN for callers who are no users of the tenant. */
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

  /** Lets the browser in as the caller. @throws As `find`. Of two who decide at once, one does. */
  confirm(authority: Authority, code: string): Promise<void> {
    return this.#decide(authority, code, 'confirmed');
  }

  /** Sends the browser away. @throws As `confirm`. */
  refuse(authority: Authority, code: string): Promise<void> {
    return this.#decide(authority, code, 'refused');
  }

  /** How the sign-in ended, for the browser that began it. It may ask again; `take` ends it. */
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
      // The row stays until its end, so that a second decision is told what happened; the count is the lock.
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
        type: outcome === 'confirmed' ? 'qr_sign_in.confirmed' : 'qr_sign_in.refused',
        subjectId: userId,
        params: { appId: clientId, ip },
      });
    });
  }
}

/** The user who decides: nobody else's account can be signed in to, whatever the caller may do. @throws FORBIDDEN */
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
