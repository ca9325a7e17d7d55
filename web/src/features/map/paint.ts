import { inked } from '@/components/chart/colours'
import { civilText } from '@/components/time/zone'
import { type Align, type Arranged, dayText } from './arrange'
import { draw } from './glyphs'
import { cellAt, type Layer, lookOf } from './layers'
import type { DayMap } from './queries'

export const ROW_PX = 24
export const HEAD_PX = 30
export const LABEL_PX = 104
const LEAST_PX = 6
const MOST_PX = 28
const TICK_PX = 58
const DAY = 86_400_000

/** What is painted: which part of the map, how large, for which layer. */
export interface Scene {
  map: DayMap
  arranged: Arranged
  layer: Layer
  align: Align
  cell: number
  left: number
  top: number
  width: number
  height: number
}

/** How wide a cell may be, so that all columns fit if they can. */
export const cellWidth = (width: number, columns: number): number =>
  Math.max(LEAST_PX, Math.min(MOST_PX, Math.floor((width - LABEL_PX) / Math.max(1, columns))))

/** What stands over a column: a date, or the number of a study day. */
export function columnWords(align: Align, first: number, column: number): string {
  if (align === 'study') return `Day ${first + column}`
  return civilText((first + column) * DAY, 'date')
}

const short = (align: Align, number: number) =>
  align === 'study' ? String(number) : civilText(number * DAY, 'day')

/** Which columns carry a word: Mondays, or every so many study days. */
function ticked(scene: Scene, column: number): boolean {
  const every = Math.ceil(TICK_PX / scene.cell / 7) * 7
  const number = scene.arranged.first + column
  // 1970-01-01 was a Thursday.
  return scene.align === 'study' ? number === 1 || number % every === 0 : (number + 3) % every === 0
}

function header(pen: CanvasRenderingContext2D, scene: Scene, from: number, to: number) {
  pen.fillStyle = inked('--surface')
  pen.fillRect(0, 0, scene.width, HEAD_PX)
  pen.fillStyle = inked('--chart-text')
  pen.font = '12px system-ui, sans-serif'
  pen.textBaseline = 'middle'
  pen.textAlign = 'left'
  for (let column = from; column < to; column++) {
    if (!ticked(scene, column)) continue
    const x = LABEL_PX + column * scene.cell - scene.left
    pen.fillRect(x, HEAD_PX - 7, 1, 6)
    if (x >= LABEL_PX) {
      pen.fillText(short(scene.align, scene.arranged.first + column), x + 3, HEAD_PX / 2 - 2)
    }
  }
}

/** The colours of the style sheet, each asked for once. */
function palette(): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    if (!name.startsWith('--')) return name
    const found = known.get(name) ?? inked(name)
    known.set(name, found)
    return found
  }
}

/** Paints the part of the map that is in view; how many cells that were. */
export function paint(pen: CanvasRenderingContext2D, scene: Scene): number {
  const { map, arranged, layer, cell, left, top, width, height } = scene
  const colour = palette()
  pen.clearRect(0, 0, width, height)
  const from = Math.max(0, Math.floor(left / cell))
  const to = Math.min(arranged.columns, Math.ceil((left + width - LABEL_PX) / cell))
  const gap = cell >= 10 ? 1 : 0
  let painted = 0
  pen.font = `600 ${Math.min(12, cell + 3)}px system-ui, sans-serif`
  for (let row = Math.floor(top / ROW_PX); row < arranged.lines.length; row++) {
    const y = HEAD_PX + row * ROW_PX - top
    if (y > height) break
    const line = arranged.lines[row]
    if (!line) continue
    for (let column = from; column < to; column++) {
      const found = cellAt(map, line.person, column + line.shift)
      if (!found) continue
      const look = lookOf(layer, found)
      const x = LABEL_PX + column * cell - left
      if (look.fill) {
        pen.fillStyle = colour(look.fill)
        pen.fillRect(x, y, cell - gap, ROW_PX - 2)
      }
      if (look.glyph !== 'none') {
        pen.fillStyle = pen.strokeStyle = colour(look.ink)
        draw(pen, look.glyph, x, y, cell - gap, ROW_PX - 2)
      }
      painted++
    }
  }
  header(pen, scene, from, to)
  return painted
}

/** The date that a column's number stands for, as text for tables. */
export const columnText = (align: Align, first: number, column: number): string =>
  align === 'study' ? String(first + column) : dayText(first + column)
