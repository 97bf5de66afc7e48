/** Stands for the id of a directory in the issuer of an authority. */
const DIRECTORY_PLACE = '{tid}';

/** Where every authority takes answers. */
const ANSWER_PATH = '/common/federation/externalauthprovider';

/** A service that signs people in by one factor and asks this one for another. */
export interface FactorAuthority {
  /** Its issuer for one of its directories. */
  readonly issuerOf: (directoryId: string) => string;
  /** The address to which answers are posted. */
  readonly answerAddress: string;
}

/** @param template Its issuer, with `{tid}` in place of the id of a directory. */
export const authorityOf = (template: string): FactorAuthority => ({
  issuerOf: (directoryId) => template.replace(DIRECTORY_PLACE, directoryId.toLowerCase()),
  answerAddress: new URL(template).origin + ANSWER_PATH,
});
