/** Pictures of the demo's drawn streams, as SVG without letters: a machine without fonts draws them too. */

const frame = (content: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720">${content}</svg>`)

/** Pictures a second of the slide show. */
export const slideRate = 5
const slideSeconds = 4

/** A lecture with charts: each slide stands for 4 s. */
export function drawSlides(): readonly Buffer[] {
  const slides = [bars([3, 5, 4, 7, 9]), ring(0.62), bars([8, 6, 7, 4, 2]), steps(), ring(0.31)].map((content) =>
    frame(`<rect width="1280" height="720" fill="#f4f1ea"/>
      <rect x="80" y="60" width="520" height="26" rx="13" fill="#2a4d69"/>
      <rect x="80" y="104" width="330" height="14" rx="7" fill="#b7c4cf"/>${content}`),
  )
  return slides.flatMap((slide) => Array.from({ length: slideRate * slideSeconds }, () => slide))
}

function bars(values: readonly number[]): string {
  return values
    .map((value, n) => {
      const tall = value * 48
      return `<rect x="${200 + n * 190}" y="${640 - tall}" width="120" height="${tall}" rx="6" fill="#4b86b4"/>`
    })
    .join('')
}

function ring(share: number): string {
  const around = 2 * Math.PI * 190
  return `<g fill="none" stroke-width="80"><circle cx="640" cy="410" r="190" stroke="#d6dee5"/>
    <circle cx="640" cy="410" r="190" stroke="#e07a5f" stroke-dasharray="${around * share} ${around}"/></g>`
}

function steps(): string {
  const boxes = [0, 1, 2].map(
    (n) => `<rect x="${140 + n * 360}" y="330" width="260" height="160" rx="18" fill="#81b29a"/>`,
  )
  const arrows = [0, 1].map(
    (n) => `<path d="M${410 + n * 360} 410h60l-18-18m18 18l-18 18" stroke="#3d405b" stroke-width="10" fill="none"/>`,
  )
  return [...boxes, ...arrows].join('')
}

/** Pictures a second of the talking head. */
export const headRate = 10
const headSeconds = 8

/** A head that sways, blinks and talks before a wall; the end meets the beginning. */
export function drawHead(): readonly Buffer[] {
  return Array.from({ length: headRate * headSeconds }, (_, n) => {
    const turn = (2 * Math.PI * n) / (headRate * headSeconds)
    const x = 640 + 26 * Math.sin(turn)
    const y = 330 + 9 * Math.sin(2 * turn)
    const mouth = 6 + 20 * Math.abs(Math.sin(9 * turn)) * (n % 27 < 18 ? 1 : 0.1)
    const lid = n % 23 === 0 ? 3 : 16
    return frame(`<rect width="1280" height="720" fill="#c9d6df"/><rect x="900" y="90" width="260" height="190" fill="#f0f5f9"/>
      <path d="M300 720q40-190 340-190t340 190z" fill="#52616b"/><rect x="${x - 55}" y="${y + 110}" width="110" height="120" fill="#d9a679"/>
      <ellipse cx="${x}" cy="${y}" rx="150" ry="190" fill="#e8b88a"/><path d="M${x - 155} ${y - 40}q155-260 310 0q-155-95-310 0z" fill="#3b2f2f"/>
      <ellipse cx="${x - 55}" cy="${y - 20}" rx="17" ry="${lid}" fill="#2d2d2d"/><ellipse cx="${x + 55}" cy="${y - 20}" rx="17" ry="${lid}" fill="#2d2d2d"/>
      <ellipse cx="${x}" cy="${y + 90}" rx="46" ry="${mouth}" fill="#8c3b3b"/>`)
  })
}
