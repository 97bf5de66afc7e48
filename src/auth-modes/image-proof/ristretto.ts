import { constantTimeEqual } from '../../crypto/index.ts';

/** Bytes of an encoded element, and of a scalar. */
export const ELEMENT_BYTES = 32;

/** The generator of the group (RFC 9496 section 4). */
export const GENERATOR = Buffer.from('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76', 'hex');

/** The order of the group, big-endian. */
const ORDER = Buffer.from('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed', 'hex');
/** The encoding of the identity, and of the scalar zero. */
const ZERO = Buffer.alloc(ELEMENT_BYTES);

/** The group ristretto255 (RFC 9496). Its order is prime, and an element has one encoding. */
export interface Ristretto255 {
  /** Whether bytes encode an element other than the identity. */
  readonly isElement: (bytes: Uint8Array) => boolean;
  /** 64 bytes, little-endian, modulo the order: a scalar without noticeable bias. */
  readonly reduce: (wide: Uint8Array) => Uint8Array;
  /** The element that 64 uniform bytes stand for (RFC 9496 section 4.3.4). */
  readonly derive: (uniform: Uint8Array) => Uint8Array;
  /** `scalar` times the generator plus `factor` times `element`; null if a product is the identity. */
  readonly combine: (scalar: Uint8Array, factor: Uint8Array, element: Uint8Array) => Uint8Array | null;
}

/** Whether bytes are a scalar in its only form: 32 bytes, little-endian, below the order and not zero. */
export function isScalar(bytes: Uint8Array): boolean {
  if (bytes.length !== ELEMENT_BYTES || isZero(bytes)) return false;
  return Buffer.compare(Buffer.from(bytes).reverse(), ORDER) < 0;
}

const isZero = (bytes: Uint8Array): boolean => constantTimeEqual(bytes, ZERO);

let loading: Promise<Ristretto255> | undefined;

/** The group. Its code is loaded on first use, because few services need it. */
export function loadRistretto255(): Promise<Ristretto255> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Ristretto255> {
  const { default: sodium } = await import('libsodium-wrappers-sumo');
  await sodium.ready;
  return {
    // The library takes the identity for a valid element.
    isElement: (bytes) =>
      bytes.length === ELEMENT_BYTES && !isZero(bytes) && sodium.crypto_core_ristretto255_is_valid_point(bytes),
    reduce: (wide) => sodium.crypto_core_ristretto255_scalar_reduce(wide),
    derive: (uniform) => sodium.crypto_core_ristretto255_from_hash(uniform),
    combine: (scalar, factor, element) => {
      // The library throws where a product is the identity.
      if (isZero(scalar) || isZero(factor)) return null;
      const own = sodium.crypto_scalarmult_ristretto255_base(scalar);
      return sodium.crypto_core_ristretto255_add(own, sodium.crypto_scalarmult_ristretto255(factor, element));
    },
  };
}
