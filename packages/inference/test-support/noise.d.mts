export const gridSide: number
export const side: number
export function pictureOfGrid(grid: Uint8Array): { width: number; height: number; rgb: Buffer }
