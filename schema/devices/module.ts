import { splitKey } from '../global-id.ts';
import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { DeviceResolver, SessionDeviceResolver, UserDevicesResolver } from './device.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    dev: 'Device';
  }
}

const partsOf = (key: string) => splitKey(key, 2) as [userId: string, deviceId: string];

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
