/** Longest name of one folder: file systems take 255 bytes. */
const longest = 120
/** Ends the folder of a key, so that `t` and `t/u` can both be keys. Never a part of an encoded name. */
const end = '@'
/** Ends a piece of a name that goes on in the folder below. */
const more = '+'

/**
 * Where a key lies, as folder names. Injective, also where a file system takes `A` and `a` for one name; no name is `.` or
 * `..`, empty or too long.
 */
export function pathOfKey(key: string): string[] {
  const segments = key.split('/').map(encodeSegment)
  return segments.flatMap((segment, at) => cut(at === segments.length - 1 ? `${segment}${end}` : segment))
}

/** The key of such a path; null for names that we did not write. */
export function keyOfPath(path: readonly string[]): string | null {
  const joined: string[] = []
  let open = ''
  for (const name of path) {
    if (name.endsWith(more)) open += name.slice(0, -1)
    else {
      joined.push(open + name)
      open = ''
    }
  }
  const last = joined.pop()
  if (open !== '' || last === undefined || !last.endsWith(end)) return null
  try {
    return [...joined, last.slice(0, -1)].map(decodeSegment).join('/')
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** Lower-case letters, digits and - stay; what else there is becomes its UTF-8 in hex behind `=`. An empty name is `=`. */
function encodeSegment(segment: string): string {
  if (segment === '') return '='
  return [...Buffer.from(segment)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[a-z0-9-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}

function decodeSegment(name: string): string {
  if (name === '=') return ''
  return decodeURIComponent(name.replaceAll('=', '%'))
}

function cut(name: string): string[] {
  const pieces: string[] = []
  let rest = name
  for (; rest.length > longest; rest = rest.slice(longest)) pieces.push(`${rest.slice(0, longest)}${more}`)
  return [...pieces, rest]
}
