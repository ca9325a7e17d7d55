/** Marks that tell reasons apart without colour. */
export type Glyph =
  | 'none'
  | 'tick'
  | 'corner'
  | 'hatch'
  | 'dots'
  | 'cross'
  | 'barred'
  | 'bang'
  | 'bars'
  | 'query'

type Pen = CanvasRenderingContext2D

const SMALL = 8

function lines(pen: Pen, ...points: [number, number, number, number][]) {
  pen.beginPath()
  for (const [x1, y1, x2, y2] of points) {
    pen.moveTo(x1, y1)
    pen.lineTo(x2, y2)
  }
  pen.stroke()
}

function hatch(pen: Pen, x: number, y: number, wide: number, tall: number) {
  pen.save()
  pen.beginPath()
  pen.rect(x, y, wide, tall)
  pen.clip()
  const strokes: [number, number, number, number][] = []
  // Aligned to the canvas, so that neighbours make one pattern.
  const from = Math.floor((x + y) / 5) * 5
  for (let at = from; at < x + y + wide + tall; at += 5)
    strokes.push([at - y, y, at - y - tall, y + tall])
  lines(pen, ...strokes)
  pen.restore()
}

function dots(pen: Pen, x: number, y: number, wide: number, tall: number) {
  for (let down = y + 3; down < y + tall - 1; down += 5) {
    for (let along = x + 2; along < x + wide - 1; along += 4) pen.fillRect(along, down, 1.5, 1.5)
  }
}

function letter(pen: Pen, text: string, x: number, y: number) {
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(text, x, y + 0.5)
}

/** Draws a glyph into a cell, in the ink that the pen holds. */
export function draw(
  pen: Pen,
  glyph: Glyph,
  x: number,
  y: number,
  wide: number,
  tall: number,
): void {
  const [cx, cy] = [x + wide / 2, y + tall / 2]
  const half = Math.max(2, Math.min(wide, tall) / 2 - 3)
  pen.lineWidth = 1.2
  if (glyph === 'hatch') hatch(pen, x, y, wide, tall)
  if (glyph === 'dots') dots(pen, x, y, wide, tall)
  if (glyph === 'bars')
    lines(pen, [cx - 2, cy - 4, cx - 2, cy + 4], [cx + 2, cy - 4, cx + 2, cy + 4])
  if (glyph === 'cross') {
    lines(
      pen,
      [cx - half, cy - half, cx + half, cy + half],
      [cx - half, cy + half, cx + half, cy - half],
    )
  }
  if (glyph === 'barred') {
    pen.beginPath()
    pen.arc(cx, cy, half, 0, Math.PI * 2)
    pen.stroke()
    lines(pen, [cx - half * 0.7, cy + half * 0.7, cx + half * 0.7, cy - half * 0.7])
  }
  if (glyph === 'corner') {
    const size = Math.min(wide, tall) * (wide < SMALL ? 0.7 : 0.5)
    pen.beginPath()
    pen.moveTo(x + wide, y + tall)
    pen.lineTo(x + wide - size, y + tall)
    pen.lineTo(x + wide, y + tall - size)
    pen.fill()
  }
  if (glyph === 'tick' && wide >= SMALL) {
    pen.beginPath()
    pen.moveTo(cx - 3, cy)
    pen.lineTo(cx - 1, cy + 2.5)
    pen.lineTo(cx + 3, cy - 3)
    pen.stroke()
  }
  if (glyph === 'bang') letter(pen, '!', cx, cy)
  if (glyph === 'query') letter(pen, '?', cx, cy)
}
