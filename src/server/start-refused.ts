/**
 * The start is refused for a reason that the operator can mend: a restart without another configuration is in vain. The
 * message is for the operator, names the variable to change and holds no secret.
 */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
}
