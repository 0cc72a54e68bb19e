/** Side of a noise picture's grid of colours, and of the picture that is made of it: the model's input. */
export const gridSide = 14
export const side = 224

/**
 * The picture of a grid of colours (rows from the top, three bytes a cell): bilinear with aligned corners, rounded to bytes,
 * so that both models get the same tensor to the last bit.
 */
export function pictureOfGrid(grid) {
  const rgb = Buffer.alloc(side * side * 3)
  const step = (gridSide - 1) / (side - 1)
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        rgb[(y * side + x) * 3 + channel] = Math.round(blend(grid, { x: x * step, y: y * step, channel }))
      }
    }
  }
  return { width: side, height: side, rgb }
}

function blend(grid, { x, y, channel }) {
  const [left, top] = [Math.min(Math.floor(x), gridSide - 2), Math.min(Math.floor(y), gridSide - 2)]
  const [across, down] = [x - left, y - top]
  const at = (column, row) => grid[(row * gridSide + column) * 3 + channel]
  const upper = at(left, top) * (1 - across) + at(left + 1, top) * across
  const lower = at(left, top + 1) * (1 - across) + at(left + 1, top + 1) * across
  return upper * (1 - down) + lower * down
}
