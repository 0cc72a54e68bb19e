import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A folder of the cache in which infra/native keeps what it fetched and built, by the beginning of its name. */
export function nativeCache(beginning: 'kafka-' | 'versitygw-'): string {
  const given = process.env['XDG_CACHE_HOME'] ?? ''
  const cache = join(given === '' ? join(homedir(), '.cache') : given, 'streamkeeper')
  const name = readdirSync(cache).find((one) => one.startsWith(beginning))
  if (name === undefined) throw new Error(`no ${beginning}* in ${cache}; start the engines: npm run engines -- start`)
  return join(cache, name)
}
