import { seeded } from './hostile/input.js'

/** A drawn picture of a number: a sky, hills, shapes with soft edges, and a line of writing. */
export function drawSvg(seed: number, width: number, height: number): Buffer {
  const below = seeded(seed * 7919)
  const colour = (): string => `hsl(${below(360)},${20 + below(70)}%,${15 + below(70)}%)`
  const x = (): number => below(width)
  const y = (): number => below(height)
  const hill = (): string =>
    `<path fill="${colour()}" d="M0 ${height} L0 ${y()} C${x()} ${y()} ${x()} ${y()} ${width} ${y()} L${width} ${height}Z"/>`
  const shapes = [
    () =>
      `<ellipse cx="${x()}" cy="${y()}" rx="${20 + below(width / 4)}" ry="${20 + below(height / 3)}" fill="${colour()}"/>`,
    () =>
      `<rect x="${x()}" y="${y()}" width="${20 + below(width / 3)}" height="${20 + below(height / 3)}" fill="${colour()}" transform="rotate(${below(60) - 30} ${x()} ${y()})"/>`,
    () =>
      `<polygon points="${x()},${y()} ${x()},${y()} ${x()},${y()}" fill="${colour()}" opacity="0.${4 + below(6)}"/>`,
    () =>
      `<path d="M${x()} ${y()} Q${x()} ${y()} ${x()} ${y()}" fill="none" stroke="${colour()}" stroke-width="${4 + below(40)}"/>`,
  ]
  const drawn = Array.from({ length: 8 + below(18) }, () => shapes[below(shapes.length)]?.() ?? '')
  const words = `<text x="${below(width / 2)}" y="${y()}" font-size="${24 + below(80)}" fill="${colour()}">picture ${seed}</text>`
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="sky" x2="0.${below(10)}" y2="1"><stop stop-color="${colour()}"/><stop offset="1" stop-color="${colour()}"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#sky)"/>${hill()}${hill()}${drawn.join('')}${words}</svg>`,
  )
}
