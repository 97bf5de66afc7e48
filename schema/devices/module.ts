import { splitKey } from '../global-id.ts';
import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { DeviceResolver, SessionDeviceResolver, UserDevicesResolver } from './device.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    dev: 'Device';
  }
}

/** The user and the device of a key. */
const partsOf = (key: string) => splitKey(key, 2);

export const devices: SchemaModule = {
  resolvers: [DeviceResolver, UserDevicesResolver, SessionDeviceResolver],
  nodes: [
    defineNode(
      'dev',
      'Device',
      async ({ services }, tenantId, key) => services.devices.findIn(tenantId, ...partsOf(key)),
      (key) => partsOf(key)[0],
    ),
  ],
};
