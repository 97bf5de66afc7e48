import { readFileSync } from 'node:fs';
import { type FieldDefinitionNode, type InputValueDefinitionNode, parse, print, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { mintSecret } from '../../../../src/api-keys/api-key.authenticator.ts';
import { kernelErrors } from '../../../../src/kernel/index.ts';
import type { LogLevel } from '../../../../src/server/environment/config.ts';
import { createLogger, type Logger } from '../../../../src/server/environment/logger.ts';

function collect(level: LogLevel = 'info'): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLogger(level, { write: (line) => void lines.push(line) }), lines };
}

const HOLDS_SECRET = /password$|secret$|token$|cookie$|^answer$|^code$|^qrCode$|otp$/i;

describe('the log', () => {
  it('writes one JSON object a line, with level and time readable', () => {
    const { log, lines } = collect();
    log.info({ route: '/graphql' }, 'served');
    const entry = JSON.parse(lines[0]!);
    expect(entry).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      route: '/graphql',
      msg: 'served',
    });
  });

  it('logs nothing below its level', () => {
    const { log, lines } = collect('warn');
    log.info('not this');
    log.warn('this');
    expect(lines).toHaveLength(1);
  });

  it.each([
    'authorization',
    'Cookie',
    'set-cookie',
    'password',
    'newPassword',
    'client_secret',
    'clientSecret',
    'access_token',
    'refreshToken',
    'id_token_hint',
    'code',
    'code_verifier',
    'x-api-key',
    'currentPassword',
    'generatedPassword',
    'answer',
    'secret',
    'restSecret',
    'sessionCookie',
    'ticket',
    'qrCode',
    // Names of the Blitz dialect.
    'current',
    'base32Secret',
    'base64QRCode',
    'otpCode',
  ])('replaces the value of %s at any depth', (name) => {
    const { log, lines } = collect();
    log.info({ [name]: 'hunter2', request: { headers: { [name]: 'hunter2' } }, list: [{ [name]: 'hunter2' }] }, 'x');
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('[redacted]');
  });

  it('redacts every argument and field of the graph that is a secret', () => {
    const graph = parse(readFileSync('schema/schema.graphql', 'utf8'));
    const names = new Set<string>();
    const collectName = ({ name, type }: FieldDefinitionNode | InputValueDefinitionNode): void => {
      const text = print(type).replace('!', '');
      if (text === 'String' && HOLDS_SECRET.test(name.value)) names.add(name.value);
    };
    visit(graph, { FieldDefinition: collectName, InputValueDefinition: collectName });
    expect(names.size).toBeGreaterThan(12);
    for (const name of names) {
      const { log, lines } = collect();
      log.info({ [name]: 'hunter2' }, 'x');
      expect([name, lines[0]?.includes('hunter2')]).toEqual([name, false]);
    }
  });

  it('keeps values whose names only resemble those of secrets', () => {
    const { log, lines } = collect();
    const entry = { tokenType: 'Bearer', errorCode: 'NOT_FOUND', secretsOf: 'shop', currentPage: 2 };
    log.info(entry, 'x');
    expect(JSON.parse(lines[0]!)).toMatchObject(entry);
  });

  it('redacts credentials inside texts and error messages', () => {
    const { log, lines } = collect();
    const jwt = `eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln`;
    log.error({ err: new Error(`refused Bearer abc.def-hunter2 at postgres://u:hunter2@db/x`) }, `got ${jwt}`);
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).not.toContain('c2ln');
    expect(lines[0]).toContain('Bearer [redacted]');
    log.info({ uri: 'otpauth://totp/A:b?secret=HUNTER2&issuer=A' }, 'shown');
    expect(lines[1]).not.toContain('HUNTER2');
    const key = mintSecret('abcdefgh');
    log.error({ err: new Error(`refused ${key}`), list: [`/api?key=${key}`] }, `got ${key}, and no more`);
    expect(lines[2]).not.toContain(key.slice(4));
    expect(JSON.parse(lines[2]!).msg).toBe('got [redacted], and no more');
  });

  it('logs the code, detail and cause of an IdentityError', () => {
    const { log, lines } = collect();
    const err = kernelErrors.SERVICE_UNAVAILABLE({ detail: { pool: 3 }, cause: new Error('ECONNREFUSED 127.0.0.1') });
    log.error({ err }, 'failed');
    const entry = JSON.parse(lines[0]!);
    expect(entry.err).toMatchObject({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable', detail: { pool: 3 } });
    expect(entry.err.cause.message).toContain('ECONNREFUSED');
    expect(entry.err.stack).toContain('logger.test.ts');
  });

  it('logs cycles and bytes in bounded form', () => {
    const { log, lines } = collect();
    const cycle: Record<string, unknown> = { bytes: Buffer.from('hunter2') };
    cycle['self'] = cycle;
    log.info(cycle, 'round');
    expect(JSON.parse(lines[0]!)).toMatchObject({ bytes: '[bytes]', msg: 'round' });
  });
});
