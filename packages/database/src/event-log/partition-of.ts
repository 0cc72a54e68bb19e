/** FNV-1a over the key's UTF-8: the same key always lies in the same partition of a topic. */
export function partitionOf(key: string, partitions: number): number {
  let sum = 0x811c9dc5
  for (const byte of Buffer.from(key)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0
  return sum % partitions
}
