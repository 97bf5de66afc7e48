/** Where a request came from, as the security events record it. */
export interface Origin {
  /** Address of the end user; where a dialect documents that an authenticated caller passes it on, that one. */
  readonly ip: string | null;
  /** Address of the transport: what lock-out rules count, whatever a caller claims. */
  readonly peerIp: string | null;
  readonly userAgent: string | null;
  /** How we were reached: `graphql`, `rest`, `oauth`, `internal`. */
  readonly api: string;
  /** UUID that ties the events of one request together. */
  readonly processId: string;
}
