/**
 * How many digits the code has that proves an account whose password is forgotten. With five tries at each code and a code in a minute,
 * somebody who does not read the mails of the account guesses one of it within a day with a chance of 72 in a million.
 */
export const PASSWORD_RESET_DIGITS = 8;
