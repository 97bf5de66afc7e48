import { describe, expect, it } from 'vitest';
import { canBeMet, findAnswer, readDemand } from '../../../../src/oauth/external-factor/factor-demand.ts';

const demandOf = (idToken: object) => readDemand(JSON.stringify({ id_token: idToken }));

describe('what another service asks for', () => {
  it.each([
    ['nothing is said', null, { classes: null, methods: null }],
    ['no ID token is named', '{}', { classes: null, methods: null }],
    ['a claim without values', '{"id_token":{"acr":null,"amr":{"essential":true}}}', { classes: null, methods: null }],
    [
      'values, of which those are kept that are known, once each',
      '{"id_token":{"acr":{"values":["possession","possession","phr"]},"amr":{"value":"otp","values":["sms","fido"]}}}',
      { classes: ['possession'], methods: ['otp', 'fido'] },
    ],
    ['only unknown values', '{"id_token":{"amr":{"value":"sms"}}}', { classes: null, methods: [] }],
    [
      'members that nobody knows',
      '{"userinfo":7,"id_token":{"amr":{"values":["pop"],"x":1}},"y":[]}',
      { classes: null, methods: ['pop'] },
    ],
  ])('is read where %s', (_case, claims, demand) => {
    expect(readDemand(claims)).toEqual(demand);
  });

  it.each([
    'no JSON',
    '"text"',
    '[]',
    'null',
    '{"id_token":[]}',
    '{"id_token":{"acr":"possession"}}',
    '{"id_token":{"acr":{"values":[]}}}',
    '{"id_token":{"acr":{"values":"possession"}}}',
    '{"id_token":{"amr":{"values":[1]}}}',
    '{"id_token":{"amr":{"value":["otp"]}}}',
    '{"id_token":{"amr":{"essential":"yes"}}}',
    '{"id_token":{"amr":{"value":"\\ud800"}}}',
  ])('is refused as %s', (claims) => {
    expect(() => readDemand(claims)).toThrow('claims is not a valid request for claims.');
  });
});

describe('how a sign-in answers a demand', () => {
  it.each([
    [['pwd', 'otp', 'mfa'], {}, { acr: 'possessionorinherence', amr: 'otp' }],
    [['pop', 'pin'], {}, { acr: 'possessionorinherence', amr: 'pop' }],
    [['hwk', 'otp'], {}, { acr: 'possessionorinherence', amr: 'fido' }],
    [['swk', 'otp'], { amr: { values: ['otp'] } }, { acr: 'possessionorinherence', amr: 'otp' }],
    [['face', 'pop'], {}, { acr: 'possessionorinherence', amr: 'face' }],
    [['face', 'pop'], { acr: { values: ['possession'] } }, { acr: 'possession', amr: 'pop' }],
    [
      ['otp'],
      { acr: { values: ['inherence', 'knowledgeorpossession'] } },
      { acr: 'knowledgeorpossession', amr: 'otp' },
    ],
    [['pwd'], {}, null],
    [[], {}, null],
    [['otp'], { acr: { values: ['inherence'] } }, null],
    [['otp'], { amr: { values: ['fido', 'pop'] } }, null],
    [['otp'], { amr: { values: ['sms'] } }, null],
    [['otp'], { acr: { values: ['knowledge'] } }, null],
  ])('shows %j for %j as %j', (amr, idToken, answer) => {
    expect(findAnswer(demandOf(idToken), amr)).toEqual(answer);
  });

  it('tells of a demand whether any sign-in can meet it', () => {
    expect(canBeMet(demandOf({}))).toBe(true);
    expect(canBeMet(demandOf({ acr: { values: ['inherence'] }, amr: { values: ['otp'] } }))).toBe(false);
    expect(canBeMet(demandOf({ acr: { values: ['knowledge'] } }))).toBe(false);
  });
});
