import type { ServiceModule } from '../composition/index.ts';
import { deliveryEvents } from './delivery.events.ts';

export const delivery = {
  name: 'delivery',
  events: [deliveryEvents],
} satisfies ServiceModule;
