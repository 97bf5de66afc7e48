import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import ipaddr from 'ipaddr.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressRefusedError, addressesOf, connectTo, LOOPBACK_NETWORKS, mayReach } from '../../../src/kernel/index.ts';

const NOTHING = { names: [], networks: [] };

describe('an address that a tenant named', () => {
  it.each(['8.8.8.8', '2a00:1450:4001::1', '::ffff:8.8.8.8'])('may be reached in public: %s', (address) => {
    expect(mayReach(NOTHING, 'mail.example', address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
  ])('may not be reached in private: %s', (address) => {
    expect(mayReach(NOTHING, 'mail.example', address)).toBe(false);
  });

  it('may be reached in private where the operator lists its name or its network', () => {
    const networks = [ipaddr.parseCIDR('10.1.0.0/16'), ipaddr.parseCIDR('fd00::/64')];
    const reached = (address: string, host = 'mail.example') =>
      mayReach({ names: ['mail.corp'], networks }, host, address);
    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::7'].map((address) => reached(address))).toEqual([true, true, true]);
    expect(['10.2.0.1', 'fd01::7', '127.0.0.1'].map((address) => reached(address))).toEqual([false, false, false]);
    expect(reached('10.2.0.1', 'Mail.Corp')).toBe(true);
  });
});

describe('a connection to a host that a tenant named', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  it('is made where the host may be reached', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const socket = connectTo({ names: [], networks: LOOPBACK_NETWORKS }, host, port, 'acme');
      await once(socket, 'connect');
      socket.destroy();
    }
  });

  it('is not made to an address of this machine, nor to a name that leads to one, however it is written', async () => {
    expect(() => connectTo(NOTHING, '127.0.0.1', port, 'acme')).toThrow(AddressRefusedError);
    expect(() => connectTo(NOTHING, '::1', port, 'acme')).toThrow(AddressRefusedError);
    for (const host of ['localhost', '2130706433', '0x7f.1']) {
      const [error] = await once(connectTo(NOTHING, host, port, 'acme'), 'error');
      expect([host, error]).toEqual([host, expect.any(AddressRefusedError)]);
    }
  });

  it('fails where the name leads nowhere', async () => {
    const [error] = await once(connectTo(NOTHING, 'there-is-none.invalid', port, 'acme'), 'error');
    expect(error).not.toBeInstanceOf(AddressRefusedError);
  });
});

describe('the addresses of a host that a tenant named', () => {
  const LOCAL = { names: [], networks: LOOPBACK_NETWORKS };
  const of = (host: string, signal?: AbortSignal, allowed = LOCAL) => addressesOf(allowed, host, 'acme', signal);

  it('are known without a look-up where it is this machine, or an address in any spelling', async () => {
    const loopback = { address: '127.0.0.1', family: 4 };
    for (const host of ['localhost', 'LocalHost', 'a.localhost'])
      expect(await of(host)).toEqual([loopback, { address: '::1', family: 6 }]);
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1']) expect(await of(host)).toEqual([loopback]);
    await expect(of('localhost', undefined, NOTHING)).rejects.toThrow(AddressRefusedError);
  });

  it('are looked for until the caller gives up', async () => {
    await expect(of('localhost', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    const late = new AbortController();
    const found = of('mail.example.invalid', late.signal);
    late.abort(new Error('late'));
    await expect(found).rejects.toThrow('late');
  });
});
