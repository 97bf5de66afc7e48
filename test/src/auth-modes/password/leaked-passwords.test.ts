import { dictionary } from '@zxcvbn-ts/language-common';
import { describe, expect, it } from 'vitest';
import { isCommonByWords } from '../../../../src/auth-modes/password/common-passwords.ts';
import { sha256 } from '../../../../src/crypto/index.ts';
import { fold } from '../../../../src/users/index.ts';

const FILE = '../../../../src/auth-modes/password/leaked-passwords.ts';
const MOST = 10_000;
/** Base64 of 25 fingerprints. */
const LINE = 200;

/** The module that `vitest run -u` writes. */
function moduleText(): string {
  const all = [...new Set(dictionary['passwords-common'].map(fold))];
  const frequent = all.filter(({ length }) => length >= 8).slice(0, MOST);
  const long = all.filter(({ length }) => length >= 15);
  const kept = [...new Set([...frequent, ...long])].filter((password) => !isCommonByWords(password));
  const prints = [...new Set(kept.map((password) => sha256(password).subarray(0, 6).toString('hex')))].sort();
  const text = Buffer.from(prints.join(''), 'hex').toString('base64');
  const lines = Array.from({ length: Math.ceil(text.length / LINE) }, (_, at) =>
    text.slice(at * LINE, (at + 1) * LINE),
  );
  return `/**
 * Leaked passwords that the words of \`common-words.ts\` do not cover: the first six bytes of the SHA-256 of each folded
 * password, in ascending order, as base64. Made by \`leaked-passwords.test.ts\` from the list of the package
 * @zxcvbn-ts/language-common, of which the 10,000 most frequent passwords of at least 8 characters and all of at least 15
 * are used; the package itself would take megabytes of memory. ASVS 6.2.4 requires refusing the first 3,000.
 */
export const LEAKED_PASSWORDS = \`
${lines.map((line) => `  ${line}\n`).join('')}\`;
`;
}

describe('the fingerprints of leaked passwords', () => {
  it('are those of the list that the package has', async () => {
    await expect(moduleText()).toMatchFileSnapshot(FILE);
  });
});
