import { IdentityError } from '../../src/kernel/index.ts';
import type { Form } from './body.ts';
import type { RouteCallers } from './route.ts';

/** A body that was read. */
export interface Body {
  readonly bytes: Buffer | null;
  readonly form: Form | null;
}

/** The body of a request, which is read once, at the step that needs it first. */
export class RowBody {
  readonly #read: () => Promise<Body>;
  #reading: Promise<Body> | null = null;

  /** @param read Reads the body of the request. */
  constructor(read: () => Promise<Body>) {
    this.#read = read;
  }

  /** @throws REQUEST_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, BODY_MALFORMED, ClientGone */
  read(): Promise<Body> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** The body; null if it is refused, which `read` does at a later step. @throws ClientGone */
  async peek(): Promise<Body | null> {
    try {
      return await this.read();
    } catch (error) {
      if (error instanceof IdentityError) return null;
      throw error;
    }
  }
}

/** Whether the form of a row may hold what authenticates its caller. */
export const hasCredentialInForm = ({ clientAuth, bearer, bearerGrants }: RouteCallers): boolean =>
  clientAuth !== undefined || bearerGrants !== undefined || bearer?.inForm === true;
