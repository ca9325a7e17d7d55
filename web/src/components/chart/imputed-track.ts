import type uPlot from 'uplot'
import { inked, strokeName, tinted } from './colours'
import type { Imputed, Track } from './tracks'

/** Dashes that no measured line has. */
export const IMPUTED_DASH = [3, 3]

const own = (track: Track, { own }: Imputed): Set<number> =>
  new Set(
    track.starts.flatMap((start, i) => (own[i] ? [(start + (track.ends[i] ?? start)) / 2000] : [])),
  )

/** Points without an imputed neighbour: no dash can show them. */
function lonely(xs: ArrayLike<number>, ys: ArrayLike<number | null | undefined>): Set<number> {
  const found = new Set<number>()
  let [before, last]: [boolean, number | null] = [false, null]
  for (let i = 0; i < xs.length; i++) {
    if (ys[i] === undefined) continue
    const here = ys[i] !== null
    if (here && !before) found.add(i)
    if (here && before && last !== null) found.delete(last)
    before = here
    last = i
  }
  return found
}

/** A dashed line with hollow marks, where there is room for them. */
export function imputedLine(track: Track, imputed: Imputed): uPlot.Series {
  const stroke = inked(strokeName(track.slot))
  const marked = own(track, imputed)
  return {
    stroke,
    width: 1.4,
    dash: IMPUTED_DASH,
    points: {
      size: 6,
      width: 1.4,
      stroke,
      fill: inked('--surface'),
      filter: (u, series, shown) => {
        const [xs, ys] = [u.data[0], u.data[series] ?? []]
        const alone = shown ? null : lonely(xs, ys)
        const chosen: number[] = []
        for (let i = 0; i < xs.length; i++) {
          if (ys[i] == null || !marked.has(xs[i] ?? 0)) continue
          if (alone === null || alone.has(i)) chosen.push(i)
        }
        return chosen
      },
    },
  }
}

/** The edges of an interval: dotted, and paler than the line. */
export const imputedEdges = ({ slot }: Track): uPlot.Series => ({
  stroke: tinted(strokeName(slot), 0.55),
  width: 0.8,
  dash: [1, 3],
  points: { show: false },
})

/** Dashed boxes on top of what was measured, each with its interval. */
export function imputedBars(
  track: Track,
  { bases }: Imputed,
  of: number,
  position: number,
): uPlot.Series {
  const stroke = inked(strokeName(track.slot))
  return {
    stroke,
    fill: tinted(strokeName(track.slot), 0.14),
    width: 1.2,
    dash: IMPUTED_DASH,
    points: { show: false },
    paths: (u) => {
      const [boxes, lines] = [new Path2D(), new Path2D()]
      const at = (value: number) => u.valToPos(value, 'y', true)
      track.values.forEach((value, i) => {
        if (value === null) return
        const left = u.valToPos((track.starts[i] ?? 0) / 1000, 'x', true)
        const right = u.valToPos((track.ends[i] ?? 0) / 1000, 'x', true)
        const wide = (right - left) / of
        const width = Math.max(wide - (wide > 4 ? 1 : 0), 1)
        const x = left + position * wide
        const [top, foot] = [at(value), at(bases[i] ?? 0)]
        boxes.rect(x, top, width, foot - top)
        lines.rect(x, top, width, foot - top)
        const [low, high] = [track.lows?.[i], track.highs?.[i]]
        if (low == null || high == null || low === high) return
        lines.moveTo(x + width / 2, at(low))
        lines.lineTo(x + width / 2, at(high))
      })
      return { stroke: lines, fill: boxes }
    },
  }
}
