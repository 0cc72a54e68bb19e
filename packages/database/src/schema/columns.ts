import { customType, timestamp } from 'drizzle-orm/pg-core'

/** A moment, to the millisecond, as a Date. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/** Text from outside, where a NUL may stand, which PostgreSQL does not keep: the replacement character goes in its place. */
export const words = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => value.replaceAll('\0', '\uFFFD'),
})

/** A 64-bit number that fits a JavaScript number: milliseconds, sizes, sequences. */
export const wholeNumber = customType<{ data: number; driverData: string }>({
  dataType: () => 'bigint',
  fromDriver: Number,
  toDriver: String,
})

/** A log offset: beyond what a JavaScript number holds. */
export const offset = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'bigint',
  fromDriver: BigInt,
  toDriver: String,
})
