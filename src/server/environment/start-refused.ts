/** EX_CONFIG of sysexits(3): a restart with the same configuration cannot succeed. */
const EXIT_CONFIG = 78;

/**
 * The start failed for a reason that the operator can correct. The message is for the operator, names the variable to change
 * and contains no secret.
 */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
  /** Status of the process: 78 unless a restart may help. */
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? EXIT_CONFIG;
  }
}
