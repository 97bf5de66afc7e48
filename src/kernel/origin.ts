/** Where a request came from, as the security events record it. */
export interface Origin {
  /**
   * Address of the end user: the one that an authenticated caller forwards where a dialect documents that, else `peerIp`.
   */
  readonly ip: string | null;
  /** Address of the transport. Lock-out rules count this one, because a caller can forward any address as `ip`. */
  readonly peerIp: string | null;
  readonly userAgent: string | null;
  /**
   * The host name that the request was sent to, as `hostNameOf` gives it; absent where there is none. The client chooses it: it
   * means nothing until it is found among the hosts of a tenant.
   */
  readonly host?: string | null;
  /**
   * What the path of the request has before a documented path that is served in several spellings, such as `/auth`; absent where
   * there is nothing. Addresses in the answer have it too.
   */
  readonly basePath?: string;
  /** How we were reached: `graphql`, `rest`, `oauth`, `internal`. */
  readonly api: string;
  /** UUID that ties the events of one request together. */
  readonly processId: string;
}
