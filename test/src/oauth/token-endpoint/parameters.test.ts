import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MAX_TEXT_LENGTH } from '../../../../src/kernel/index.ts';
import {
  optionalParameter,
  parameter,
  parseParameters,
  readLists,
  readParameters,
} from '../../../../src/oauth/token-endpoint/parameters.ts';
import { asParameters } from '../../../support/oauth.ts';

const KNOWN = new Set(['grant_type', 'scope']);

/** What a function threw, as far as callers see it. */
function refusalOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    const { code, message, fields } = error as { code: string; message: string; fields: unknown };
    return { code, message, fields };
  }
  throw new Error('It was not refused.');
}

describe('the parameters of an OAuth request (RFC 6749 section 3.2)', () => {
  it('are read by name, with blanks and capitals as they came', () => {
    expect(readParameters(asParameters({ scope: ' A b ', grant_type: 'x' }), KNOWN)).toEqual({
      scope: ' A b ',
      grant_type: 'x',
    });
    expect(readParameters(asParameters({ Scope: 'a' }), KNOWN)).toEqual({});
  });

  it('are lists where they may be repeated, without those that are empty', () => {
    const given = [
      { name: 'permission', values: ['a', '', 'a'] },
      { name: 'permission', values: ['b'] },
      { name: 'resource', values: [''] },
      { name: 'scope', values: ['x'] },
    ];
    expect(readLists(given, new Set(['permission', 'resource']))).toEqual({ permission: ['a', 'a', 'b'] });
    const broken = [{ name: 'permission', values: ['a', 'b\0'] }];
    expect(refusalOf(() => readLists(broken, new Set(['permission'])))).toMatchObject({
      code: 'TOKEN_PARAMETER_INVALID',
      fields: [{ path: 'input.parameters.0', code: 'TEXT_NOT_STORABLE' }],
    });
  });

  it('count as absent without a value', () => {
    for (const values of [[], ['']]) expect(readParameters([{ name: 'scope', values }], KNOWN)).toEqual({});
  });

  it.each([
    ['with two values', [{ name: 'scope', values: ['a', 'b'] }]],
    ['with the same value twice', [{ name: 'scope', values: ['a', 'a'] }]],
    ['with an empty and another value', [{ name: 'scope', values: ['', 'a'] }]],
    ['under its name twice', asParameters({ scope: 'a' }).flatMap((one) => [one, one])],
  ])('are refused when one that is known is repeated: %s', (_, given) => {
    expect(refusalOf(() => readParameters([{ name: 'other', values: ['x', 'y'] }, ...given], KNOWN))).toEqual({
      code: 'TOKEN_PARAMETER_INVALID',
      message: 'scope: The parameter is repeated.',
      fields: [
        { path: `input.parameters.${given.length}`, code: 'PARAMETER_REPEATED', message: 'The parameter is repeated.' },
      ],
    });
  });

  it('are ignored when they are unknown: repeated, of 20 KB, unfit to be stored, named like a member of objects', () => {
    const given = [
      { name: 'resource', values: ['a', 'b'] },
      { name: 'x', values: ['y'.repeat(20_480)] },
      { name: 'nul', values: ['\0'] },
      { name: '__proto__', values: ['polluted'] },
      { name: 'constructor', values: ['a'] },
    ];
    expect(readParameters(given, KNOWN)).toEqual({});
  });

  it(`hold at most ${MAX_TEXT_LENGTH} characters that can be stored`, () => {
    const longest = 'x'.repeat(MAX_TEXT_LENGTH);
    expect(readParameters(asParameters({ scope: longest }), KNOWN)).toEqual({ scope: longest });
    for (const [value, code] of [
      ['x'.repeat(20_480), 'TEXT_LENGTH'],
      ['a\0', 'TEXT_NOT_STORABLE'],
      ['\ud800', 'TEXT_NOT_STORABLE'],
    ] as const)
      expect(refusalOf(() => readParameters(asParameters({ scope: value }), KNOWN))).toMatchObject({
        code: 'TOKEN_PARAMETER_INVALID',
        message: expect.stringMatching(/^scope: /),
        fields: [{ path: 'input.parameters.0', code }],
      });
  });

  it('have the shape that their grant declares; what another grant reads is left out', () => {
    const shape = z.object({ username: parameter('Name.'), scope: optionalParameter('Scope.') });
    expect(parseParameters(shape, { username: 'anna', refresh_token: 'x' })).toEqual({ username: 'anna' });
    const missing = {
      path: 'input.parameters',
      code: 'PARAMETER_MISSING',
      message: 'username: The parameter is missing.',
    };
    expect(refusalOf(() => parseParameters(shape, {}))).toMatchObject({
      code: 'TOKEN_PARAMETER_INVALID',
      message: 'A parameter of the token request is missing or malformed.',
      fields: [missing],
    });
  });

  it('are refused with their name where their form is another than declared', () => {
    const shape = z.object({ assertion: z.string().regex(/^ey/, 'It is no assertion.') });
    expect(refusalOf(() => parseParameters(shape, { assertion: 'x' }))).toMatchObject({
      fields: [{ code: 'PARAMETER_INVALID', message: 'assertion: It is no assertion.' }],
    });
  });
});
