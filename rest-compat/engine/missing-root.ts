import { IdentityError, kernelErrors } from '../../src/kernel/index.ts';

/** NOT_FOUND of a root field that is null, or of a lookup that found nothing. `Route.missing` answers it by this name. */
export class MissingRoot extends IdentityError {
  /** Response key of the root field, or name of the lookup. */
  readonly root: string;

  constructor(root: string) {
    const { code, kind, message } = kernelErrors.NOT_FOUND();
    super(code, kind, message);
    this.root = root;
  }
}
