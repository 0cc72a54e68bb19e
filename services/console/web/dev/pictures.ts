import { createHash } from 'node:crypto'

/** Harmless drawings under a digest: a card with a code on it, and the same strongly blurred. */
const drawings = new Map<string, string>()

function draw(seed: number, blur: number): string {
  const cells = Array.from({ length: 64 }, (_, at) =>
    (at * 7919 + seed * 104_729) % 97 < 48
      ? `<rect x="${(at % 8) * 18}" y="${Math.floor(at / 8) * 18}" width="18" height="18"/>`
      : '',
  ).join('')
  const filter = blur > 0 ? `<filter id="b"><feGaussianBlur stdDeviation="${blur}"/></filter>` : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" width="640" height="360">${filter}<g ${blur > 0 ? 'filter="url(#b)"' : ''}><rect width="640" height="360" fill="hsl(${(seed * 47) % 360} 40% 45%)"/><rect x="60" y="90" width="180" height="180" fill="#fff"/><g transform="translate(78 108)">${cells}</g><text x="280" y="200" font-size="48" font-family="sans-serif" fill="#fff">DRAWING ${seed}</text></g></svg>`
}

/** Digests of the still and the preview of a drawing. */
export function picture(seed: number): { still: string; preview: string } {
  const digest = (kind: string) => createHash('sha256').update(`${kind} ${seed}`).digest('hex')
  const found = { still: digest('still'), preview: digest('preview') }
  drawings.set(found.still, draw(seed, 0))
  drawings.set(found.preview, draw(seed, 28))
  return found
}

export function findDrawing(sha256: string): string | undefined {
  return drawings.get(sha256)
}
