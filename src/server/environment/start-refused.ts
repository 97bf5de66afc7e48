/** EX_CONFIG of sysexits(3): a restart without another configuration is in vain. */
const EXIT_CONFIG = 78;

/**
 * The start ends for a reason that the operator can mend. The message is for the operator, names the variable to change and
 * holds no secret.
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
