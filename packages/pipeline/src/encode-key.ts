/** Bytes that stand for themselves in an object key: no dot, so that no part of a key is ever `..`. */
const plain = /[^A-Za-z0-9_-]/gu

/**
 * A foreign id as one part of an object key or path: injective, of letters, digits, `_`, `-` and `=` alone.
 * Other characters become `=` and two hex digits a UTF-8 byte.
 */
export function encodeKey(id: string): string {
  return id.replaceAll(plain, (character) =>
    Buffer.from(character).reduce((text, byte) => `${text}=${byte.toString(16).padStart(2, '0')}`, ''),
  )
}
