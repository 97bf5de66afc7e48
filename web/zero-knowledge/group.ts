import { ristretto255 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';

const { BASE, Fn } = ristretto255.Point;

/** Bytes of an encoded element, and of a scalar. */
const ELEMENT_BYTES = 32;

/** The generator of ristretto255 (RFC 9496 section 4). */
export const GENERATOR: Uint8Array = BASE.toBytes();

/** 64 bytes, little-endian, modulo the order: a scalar without noticeable bias. */
export const reduceWide = (wide: Uint8Array): bigint => bytesToNumberLE(wide) % Fn.ORDER;

/** A scalar in 32 bytes, little-endian. */
export const encodeScalar = (scalar: bigint): Uint8Array => numberToBytesLE(scalar, ELEMENT_BYTES);

export const decodeScalar = (bytes: Uint8Array): bigint => bytesToNumberLE(bytes);

/** `scalar` times the generator, encoded. @throws Error The scalar is 0, or not below the order. */
export const multiplyBase = (scalar: bigint): Uint8Array => BASE.multiply(scalar).toBytes();

/** `minuend - factor * other`, modulo the order. */
export const subtractProduct = (minuend: bigint, factor: bigint, other: bigint): bigint =>
  Fn.sub(minuend, Fn.mul(factor, other));
